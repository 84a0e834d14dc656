// Applying a profile: to which network, for whom, and whether it is tried before.

import type { Answer, Applied, EditorApi, Network } from '../src/api.js';
import { byId, make, say } from './dom.js';
import { areFilled, during, take } from './trial.js';

const form = byId('apply', HTMLFormElement);
const kind = byId('kind', HTMLSelectElement);
const name = byId('network', HTMLInputElement);
const ssids = byId('ssids', HTMLTextAreaElement);
const security = byId('security', HTMLSelectElement);
const all = byId('all', HTMLInputElement);
const first = byId('first', HTMLInputElement);
const button = byId('apply-now', HTMLButtonElement);
const applied = byId('applied', HTMLDivElement);

const labels = { wlan: 'Name of the profile', lan: 'Adapter, such as Ethernet', vpn: 'VPN connection' };
let isRunning = false;
let isPossible = false;

function enable(): void {
  button.disabled = !isPossible || isRunning;
}

/** Whether there is a profile, as the form shows it. */
export function allowApplying(possible: boolean): void {
  isPossible = possible;
  enable();
}

const lines = (): string[] =>
  ssids.value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));

function network(): Network {
  const chosen = kind.value as Network['kind'];
  return {
    kind: chosen,
    name: name.value.trim(),
    ssids: chosen === 'wlan' ? lines() : [],
    security: security.value as Network['security'],
    isForAll: chosen !== 'vpn' && all.checked,
  };
}

function showKind(): void {
  const chosen = kind.value as Network['kind'];
  byId('network-label', HTMLLabelElement).textContent = labels[chosen];
  byId('wireless', HTMLDivElement).hidden = chosen !== 'wlan';
  all.disabled = chosen === 'vpn';
}

/** Fills in the networks that an imported profile is for. */
export function proposeNetworks(names: readonly string[], isWired: boolean): void {
  kind.value = names.length === 0 && isWired ? 'lan' : 'wlan';
  name.value = names[0] ?? '';
  ssids.value = names.join('\n');
  showKind();
}

function show(answer: Answer<Applied>): void {
  const { done, problem, outcome } = answer.ok
    ? answer.value
    : { done: [], problem: answer.problem, outcome: undefined };
  const rest =
    outcome?.isSuccess === false ? 'Nothing was applied: the trial did not succeed.' : problem?.message;
  applied.className = rest === undefined ? 'good' : 'bad';
  applied.replaceChildren(
    ...[...done, ...(rest === undefined ? [] : [rest])].map((each) => make('p', {}, each)),
  );
  applied.hidden = false;
}

/** Lets the user apply what `profile` gives; undefined: a field is red. */
export function useApplying(editor: EditorApi, profile: () => Promise<string | undefined>): void {
  const run = async (): Promise<void> => {
    const isTried = first.checked;
    if (!areFilled(isTried)) return;
    const { values, server } = take();
    isRunning = true;
    enable();
    applied.className = '';
    say(applied, 'Applying…');
    try {
      const xml = await profile();
      if (xml === undefined) {
        say(applied, 'A field is wrong: nothing was applied.');
        return;
      }
      const apply = (): Promise<Answer<Applied>> =>
        editor.apply({ xml, values, network: network(), server: isTried ? server : undefined });
      show(isTried ? await during(apply, ({ outcome }) => outcome) : await apply());
    } finally {
      isRunning = false;
      enable();
    }
  };
  kind.addEventListener('change', showKind);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  showKind();
}
