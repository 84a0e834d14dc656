// The user interface of a session: how a conversation asks the user, and when it must not.

import { untilAborted } from '../base/abort.js';
import { toBytes } from '../base/arguments.js';
import type { Configuration } from './configuration.js';
import { systemErrorCodes, win32CodeOf } from '../base/error-codes.js';
import { EapError, eaphostError } from '../base/errors.js';
import { isInteractiveUi, type InteractiveUi } from '../eap/input-fields.js';
import type { Flag } from '../eap/names.js';

/** Shows the method's dialog. Resolves with the answer; with undefined if the user cancelled. */
export type ShowDialog = (options?: {
  /** The window that it belongs to: an HWND, or the octets that Electron's `getNativeWindowHandle()` gives. */
  readonly parentWindow?: bigint | Uint8Array | undefined;
}) => Promise<Buffer | undefined>;

/** What a method asks the user. Pass `context` on to `setUiContext` unchanged. */
export type UiRequest =
  /** Fields to show and to fill in. */
  | { readonly context: Buffer; readonly input: InteractiveUi; readonly showDialog?: undefined }
  /** The method has its own dialog, and no fields. */
  | { readonly context: Buffer; readonly input?: undefined; readonly showDialog: ShowDialog };

/** The user's answer: the input filled in, what a dialog gave, a UI context; undefined if the user cancelled. */
export type UiAnswer = InteractiveUi | Uint8Array | undefined;

/** Asks the user. */
export type OnUi = (request: UiRequest, signal: AbortSignal) => UiAnswer | Promise<UiAnswer>;

/** A UI context to answer with. `wipe` it once the method has it. */
export interface UiContextAnswer {
  readonly context: Uint8Array;
  wipe(): void;
}

type ConfigurationUi = Pick<
  Configuration<Record<string, unknown[]>>,
  'queryInteractiveUiInputFields' | 'uiBlobFromInteractiveUiInputFields' | 'invokeInteractiveUi'
>;

/** Flags of sessions in which the user may not be asked. */
const silentFlags = ['nonInteractive', 'suppressUi', 'machineAuth'] as const satisfies readonly Flag[];

function uiRequired(message: string): EapError {
  return eaphostError('EAPHOST_UI_REQUIRED', `the method asks for its user interface; ${message}`);
}

/** Whether a method has no fields: the codes of Windows and methods for a missing feature. */
function isNotSupported(error: unknown): boolean {
  if (!(error instanceof EapError)) return false;
  if (error.code === 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED') return true;
  return error.winError !== undefined && win32CodeOf(error.winError) === systemErrorCodes.ERROR_NOT_SUPPORTED;
}

/** The user interface of one session. JavaScript thread. */
export class SessionUi {
  readonly #configuration: ConfigurationUi;
  readonly #flags: readonly Flag[];

  constructor(configuration: ConfigurationUi, flags: Iterable<Flag>) {
    this.#configuration = configuration;
    this.#flags = [...flags];
  }

  /**
   * Lets `onUi` answer the method's question. Rejects with `EAPHOST_UI_REQUIRED` if there is no `onUi` or the
   * session's flags forbid it, and with `ERROR_CANCELLED` if the user cancelled.
   */
  async ask(context: Buffer, onUi: OnUi | undefined, signal: AbortSignal): Promise<UiContextAnswer> {
    const silent = silentFlags.find((flag) => this.#flags.includes(flag));
    if (silent !== undefined) {
      throw uiRequired(`and the session's flag ${silent} forbids it: begin the session with credentials`);
    }
    if (onUi === undefined) {
      throw uiRequired(
        'pass authenticate() an onUi that shows it, or begin the session with credentials, so that it need not ask',
      );
    }
    const request = await this.#request(context, signal);
    const answer = await untilAborted((async () => onUi(request, signal))(), signal);
    if (answer === undefined) throw cancelled();
    if (!isInteractiveUi(answer)) {
      return { context: toBytes(answer, 'what onUi gives'), wipe: () => undefined };
    }
    const options = { flags: this.#flags, signal };
    const blob = await this.#configuration.uiBlobFromInteractiveUiInputFields(context, answer, options);
    return { context: blob, wipe: () => blob.fill(0) };
  }

  async #request(context: Buffer, signal: AbortSignal): Promise<UiRequest> {
    try {
      const options = { flags: this.#flags, signal };
      const input = await this.#configuration.queryInteractiveUiInputFields(context, options);
      if (input.fields.length > 0) return { context, input };
    } catch (error) {
      if (!isNotSupported(error)) throw error;
    }
    // Before logon there is no desktop for a method's dialog.
    if (this.#flags.includes('preLogon')) {
      throw uiRequired('it has no input fields, and before logon (flag preLogon) it cannot show its dialog');
    }
    const showDialog: ShowDialog = (options) =>
      this.#configuration.invokeInteractiveUi(context, { ...options, signal });
    return { context, showDialog };
  }
}

function cancelled(): EapError {
  return new EapError('the user cancelled what the method asked for', {
    code: 'ERROR_CANCELLED',
    winError: systemErrorCodes.ERROR_CANCELLED,
  });
}
