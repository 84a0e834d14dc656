// The reference, by subject: a plugin for TypeDoc that gives each export the category of the file that declares it. An
// export of a file that has no subject here is an error, and so is a file without exports.

import { Application, Comment, CommentTag, Converter, ReferenceReflection } from 'typedoc';

/** Files of lib by subject, in the reference's order. */
const subjects = {
  'Run-times': ['supplicant/open', 'supplicant/eaphost', 'native/binary'],
  Sessions: ['supplicant/session', 'supplicant/options', 'supplicant/conversation', 'eap/transport'],
  Results: ['supplicant/result'],
  Configuration: ['supplicant/configuration', 'supplicant/configuration-xml'],
  'Dialogs and input fields': ['supplicant/session-ui', 'eap/input-fields', 'eap/identity'],
  'Attributes and keys': ['eap/attributes', 'eap/attribute-values'],
  'Types and flags': ['eap/names', 'base/method-type', 'base/arguments'],
  Errors: ['base/errors', 'base/error-codes'],

  'Password methods': [
    'methods/md5',
    'methods/gtc',
    'methods/mschapv2',
    'methods/mschapv2-authenticator',
    'methods/mschapv2-peer',
  ],
  'Methods over TLS': [
    'methods/tls/eap-tls',
    'methods/tls/options',
    'methods/tls/engine',
    'methods/tls/peap',
    'methods/tls/peap-authenticator',
    'methods/tls/peap-peer',
    'methods/tls/ttls',
    'methods/tls/ttls-password',
  ],
  'Certificates and trust': [
    'methods/tls/trust',
    'methods/tls/server-names',
    'methods/tls/user-certificate',
    'methods/tls/test-authority',
  ],
  'Users and credentials': ['methods/users', 'methods/credentials'],
  'Methods of your own': ['methods/define', 'hosts/method'],

  Client: ['radius/client', 'radius/transport', 'radius/address'],
  Server: ['radius/server', 'radius/server-types', 'radius/workers', 'hosts/authenticator-host'],
  Packets: ['radius/attributes', 'radius/mppe', 'radius/packet', 'eap/describe'],

  Documents: ['profiles/index'],
  Profiles: ['profiles/options'],
  Credentials: ['profiles/credentials'],
  'Connection profiles': ['profiles/connections/options'],
  'eap-config files': ['profiles/eap-config/types', 'profiles/eap-config/networks'],
  'Other supplicants': ['profiles/conversions/types'],

  DLLs: [
    'method-dlls/peer-method',
    'method-dlls/authenticator-method',
    'method-dlls/load-options',
    'method-dlls/method-dll',
    'method-dlls/ui-dlls',
  ],
  'Call by call': [
    'method-dlls/peer-session',
    'method-dlls/authenticator-session',
    'method-dlls/begin-options',
    'method-dlls/call-trace',
  ],
  Conversations: [
    'hosts/options',
    'method-dlls/converse',
    'method-dlls/converse-options',
    'method-dlls/ladder',
  ],

  Registering: ['registration/register', 'registration/machine'],
  'Installed methods': ['registration/list'],
  Serving: ['registration/serve', 'shim-server/serve', 'shim-server/checks'],

  Port: ['wired/open', 'wired/supplicant', 'wired/eap-peer', 'wired/counters', 'wired/pae'],
  'Secrets in files': ['wired/protected-file'],
  'Frames and links': ['wired/ethernet', 'wired/link', 'wired/eapol'],

  'Wi-Fi': ['networks/wlan', 'networks/wlan-options', 'networks/types', 'networks/events'],
  'Wired networks': ['networks/wired', 'networks/netsh'],
  'VPN entries': ['networks/vpn'],
  'Failures in words': ['networks/reasons'],

  Cases: ['conformance/case', 'conformance/index', 'conformance/runner', 'conformance/record'],
  Subjects: [
    'conformance/server-probe',
    'conformance/peer-probe',
    'conformance/method-probe',
    'conformance/method-talk',
  ],
  Reports: ['conformance/reports', 'conformance/results-page'],
  Fuzzing: ['conformance/fuzz', 'conformance/fuzz-plan'],

  Events: ['diagnostics/events'],
  'Ladders, pages, captures': ['diagnostics/ladder', 'diagnostics/html', 'diagnostics/pcapng'],
};

const subjectOf = new Map(
  Object.entries(subjects).flatMap(([subject, files]) => files.map((file) => [file, subject])),
);

/** The file that declares what is exported, from lib on. */
function fileOf(context, reflection) {
  const declared =
    reflection instanceof ReferenceReflection ? reflection.getTargetReflectionDeep() : reflection;
  const [declaration] = context.getSymbolFromReflection(declared)?.declarations ?? [];
  return declaration?.getSourceFile().fileName.match(/\/lib\/(.*)\.ts$/u)?.[1] ?? '';
}

function categorize(reflection, subject) {
  const { comment = new Comment() } = reflection.signatures?.[0] ?? reflection;
  comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: subject }]));
  (reflection.signatures?.[0] ?? reflection).comment = comment;
}

export function load(app) {
  // Options that are set before are read again from the file.
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('categoryOrder', Object.keys(subjects));
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const used = new Set();
    for (const entry of context.project.children ?? []) {
      for (const each of entry.children ?? []) {
        const file = fileOf(context, each);
        const subject = subjectOf.get(file);
        used.add(file);
        if (subject === undefined)
          app.logger.error(`${each.getFullName()}: ${file} has no subject in scripts/docs/subjects.mjs`);
        else categorize(each, subject);
      }
    }
    for (const file of subjectOf.keys()) {
      if (!used.has(file)) app.logger.error(`${file} has a subject, and nothing that is exported`);
    }
  });
}
