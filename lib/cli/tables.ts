// The commands of `eaphost` as tables. Parsing, help and completion are made of them.

/** An option of a command. `--json` and `--help` are every command's. */
export interface OptionRow {
  /** What its value is called, such as FILE; a switch has none. */
  readonly value?: string;
  readonly text: string;
  /** The values that there are. */
  readonly one?: readonly string[];
  /** Values to offer where others may be given, too. */
  readonly words?: readonly string[];
  /** It may be repeated. */
  readonly multiple?: true;
}

/** A command. */
export interface CommandRow {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows its name. More than one line: more than one form. */
  readonly usage: readonly string[];
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, OptionRow>>;
  /** What `--json` prints. */
  readonly json: string;
  /** What its arguments without an option are: words, or files. Without it there are none. */
  readonly argument?: readonly string[] | 'file';
  /** Of those words, what a file follows. */
  readonly takesFile?: readonly string[];
  /** Behind the options: a heading, and rows like those of options. */
  readonly more?: readonly [string, Readonly<Record<string, string>>, string];
  readonly exit: string;
  /** As they are. */
  readonly examples: string;
  /** What the JSON object of a failure has beside `exitCode` and `error`. */
  readonly failure?: Readonly<Record<string, unknown>>;
}

/** Every method of the command line. */
export const methodNames = [
  'md5',
  'mschapv2',
  'gtc',
  'tls',
  'peap-mschapv2',
  'peap-tls',
  'peap-gtc',
  'ttls-pap',
  'ttls-chap',
  'ttls-mschap',
  'ttls-mschapv2',
  'ttls-md5',
  'ttls-gtc',
  'ttls-eap-mschapv2',
  'ttls-tls',
] as const;

const runtimes = ['system', 'embedded'] as const;
const forms = ['xml', 'blob', 'options'] as const;

/** The shells that completion knows. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** What `eaphost trace` does. */
export const traceActions = ['on', 'off', 'status'] as const;

export const auth = {
  summary: 'authenticate a user over RADIUS and show each packet',
  usage: ['[OPTION]...'],
  about: [
    'Authenticates a user over RADIUS with an EAP method, and prints the conversation, the verdict, the reason, whether both sides have the same keys, and the times.',
  ],
  options: {
    server: {
      value: 'HOST[:PORT]',
      text: 'the RADIUS server; default port 1812. Put an IPv6 address in brackets. Without it a built-in server is started for the user on 127.0.0.1',
    },
    'secret-file': {
      value: 'FILE',
      text: 'a file with the secret shared with the server; or set EAPHOST_SECRET',
    },
    secret: { value: 'SECRET', text: 'the secret itself, for tests: other users of this machine can see it' },
    method: {
      value: 'METHOD',
      text: `${methodNames.slice(0, -1).join(', ')} or ${methodNames.at(-1)}; default mschapv2`,
      one: methodNames,
    },
    ca: {
      value: 'FILE',
      text: "TLS methods: the authorities, in PEM, that may have signed the server's certificate. Without --server: a throw-away one",
    },
    'server-name': {
      value: 'NAME',
      text: "the server's name, with asterisks or as a regular expression; may be repeated",
      multiple: true,
    },
    'insecurely-trust-any-server': {
      text: 'instead of --ca, for tests only: trust any server. It gets the password, or a hash of it',
    },
    commitment: {
      value: 'WHEN',
      text: 'TLS 1.3: required (the default) or optional. Optional takes a server that does not say that it is done, as hostapd 2.10; an attacker can then feign success',
      one: ['required', 'optional'],
    },
    'insecurely-allow-weak-cryptography': {
      text: 'TLS methods, for tests only: take RSA keys below 2048 bits, and TLS without forward secrecy',
    },
    cert: {
      value: 'FILE',
      text: "methods with a user's certificate: the certificate, in PEM. Without --server: a throw-away one",
    },
    key: { value: 'FILE', text: 'the key of --cert, in PEM' },
    pfx: { value: 'FILE', text: 'instead of --cert and --key: both in one PKCS #12 file' },
    'passphrase-file': { value: 'FILE', text: 'a file with the passphrase of the key or the PFX' },
    'outer-identity': {
      value: 'NAME',
      text: "the user's name outside the tunnel, such as anonymous@example.org",
    },
    identity: {
      value: 'NAME',
      text: 'the user, such as alice, CORP\\alice or alice@example.org. Without --server: demo',
    },
    'password-file': {
      value: 'FILE',
      text: "a file with the user's password; or set EAPHOST_PASSWORD; or type it when asked. Without --server: demo-password",
    },
    'server-password-file': {
      value: 'FILE',
      text: 'the password that the built-in server expects; or set EAPHOST_SERVER_PASSWORD. Default: demo-password',
    },
    runtime: {
      value: 'RUNTIME',
      text: "system (Windows' EAPHost, the default there) or embedded (the default elsewhere). With system, Windows' own methods are configured by XML: the authority must be in the machine's store of roots, a user's certificate in the user's",
      one: runtimes,
    },
    timeout: { value: 'SECONDS', text: 'how long the conversation may take; default 15' },
    ladder: { text: 'also draw the conversation and the calls of the run-time as a ladder' },
    html: {
      value: 'FILE',
      text: 'write a page: the ladder, decoded packets, calls, times, errors; secrets are masked',
    },
    pcap: { value: 'FILE', text: 'write the packets as EAPOL frames for Wireshark and tshark (pcapng)' },
  },
  json: 'one JSON object on standard output: the verdict, reason, packets and times; all else goes to standard error',
  exit: 'The exit code is 0 if the user was accepted, 1 if rejected, 2 if it could not be tried, 130 if it was interrupted.',
  examples: `  eaphost auth
      accepts: the demo user against the built-in server
  EAPHOST_PASSWORD=wrong eaphost auth
      rejects
  eaphost auth --server radius.example.org --secret-file secret.txt \\
      --method mschapv2 --identity alice
      asks for alice's password
  eaphost auth --method tls --ladder --html conversation.html \\
      --pcap conversation.pcapng
      saves the conversation in three forms
  eaphost auth --server radius.example.org --secret-file secret.txt \\
      --method peap-mschapv2 --identity alice --ca ca.pem \\
      --server-name radius.example.org --outer-identity anonymous
      authenticates inside a TLS tunnel
  eaphost auth --server '[2001:db8::1]:1812' --secret-file secret.txt \\
      --method md5 --identity bob --password-file bob.txt --json
      for a script, without a terminal
`,
  failure: { verdict: 'error' },
} as const satisfies CommandRow;

export const serve = {
  summary: 'run a RADIUS server with users and certificates from a file',
  usage: ['--config FILE [OPTION]...', '--make-test-config FOLDER'],
  about: [
    'Runs a RADIUS server that authenticates users with EAP methods. It prints a line for each authentication, and at most one a second for each reason why datagrams were dropped. It answers Status-Server. It ends with Ctrl+C and SIGTERM, and when its output pipe is closed. SIGHUP reloads the file and the files that it names, all but address and port.',
  ],
  options: {
    config: { value: 'FILE', text: 'what to serve, as JSON (below)' },
    address: { value: 'ADDRESS', text: "where to listen, instead of the file's" },
    port: { value: 'PORT', text: "instead of the file's; 0 takes a free one" },
    workers: {
      value: 'NUMBER',
      text: 'how many threads share the port; default as many as there are cores. A conversation stays with its thread. Where one dies, its conversations end, the others go on, and another takes its place',
    },
    'make-test-config': {
      value: 'FOLDER',
      text: "makes what a test needs, and ends: a throw-away authority (ca.pem), a server (server.pem, server.key) called radius.example.org, a user's certificate (client.pem, client.key), and serve.json with a user alice, a random password and a random secret",
    },
  },
  json: 'a line of JSON for each event, with its kind, instead of words',
  more: [
    'The file is an object with any of:',
    {
      'address, port': 'where to listen; default 127.0.0.1 and 1812',
      secret: 'the secret shared with every client, or',
      clients: 'secrets by address or network: { "10.0.0.0/8": "..." }',
      users:
        'passwords by name: { "alice": "...", "bob": { "password": "...", "state": "disabled" } }; one with a certificate needs no password: { "carol": {} }',
      methods:
        'in order of preference, by the names of eaphost auth --method. Default: all TLS methods for which there are certificates, ttls-tls excepted. mschapv2 and md5, which show a hash of the password on the wire, and gtc, which shows the password, are offered only if named',
      'cert, key; pfx, passphrase':
        "files of the server's certificate and key, in PEM, or in one PKCS #12 file",
      'clientCa, crl':
        "files, in PEM, of the authority of the users' certificates, and its revocation list. A certificate is good for the identities that are among its names. Where there are users, one of its names must be a user's, and none may be of one who is not active",
      certificateNames:
        'which names those are, the preferred one first, of upn, email, dns and commonName; default all',
      resumptionLifetime:
        'how many seconds a TLS connection may be resumed (fast reconnect), while its account is active; default 0, never',
      cryptoBinding:
        'of PEAP: required (default), optional or none. Without it an attacker can pass on the inner method of a user who runs it outside of a tunnel. For peers that cannot do it: optional',
      bareInnerMethods:
        'refuse (default) or accept a method outside of a tunnel that this server takes inside, too, where nothing binds the two: any inner method of EAP-TTLS (pap is gtc, chap is md5, mschapv2 is itself), GTC in PEAP, and all in PEAP unless cryptoBinding is required',
      'minVersion, maxVersion': 'TLSv1.2 or TLSv1.3',
      insecurelyAllowWeakCryptography: 'true, for tests: as the option of eaphost auth',
    },
    'Paths are relative to the file.',
  ],
  exit: 'The exit code is 0 if it ran until it was ended, 2 if it could not run.',
  examples: `  eaphost serve --make-test-config radius-test
  eaphost serve --config radius-test/serve.json
  eaphost serve --config /etc/eaphost.json --address 0.0.0.0
  eaphost serve --config radius-test/serve.json --port 0 --json
      on a free port, which the first line shows
`,
} as const satisfies CommandRow;

export const method = {
  summary: 'run a peer and an authenticator method DLL against each other',
  usage: ['--peer DLL --authenticator DLL --type TYPE [OPTION]...'],
  about: [
    'Loads a peer and an authenticator method DLL, holds one conversation between them without a network, and prints every call and packet in order, the verdict, the reason, and whether both sides have the same keys.',
    'Where the method asks for a dialog, its own opens. Each DLL runs in a process of its own, as this user: load only what you trust.',
  ],
  options: {
    peer: { value: 'DLL', text: 'the peer method DLL' },
    authenticator: { value: 'DLL', text: "the authenticator method DLL; default the peer's" },
    type: { value: 'TYPE', text: 'the EAP type, such as 26, or an expanded one as 254/VENDOR/TYPE' },
    author: { value: 'NUMBER', text: "the author's number; default 0" },
    config: {
      value: 'FILE',
      text: 'the connection blob of both sides; a file named .xml is given to EapPeerConfigXml2Blob (Windows)',
    },
    'server-config': { value: 'FILE', text: 'another connection blob for the authenticator' },
    user: {
      value: 'FILE',
      text: 'the user blob; a file named .xml is given to EapPeerCredentialsXml2Blob (Windows)',
    },
    mtu: { value: 'OCTETS', text: 'the largest EAP packet, 64 to 65535; default 1400' },
    timeout: { value: 'SECONDS', text: 'how long one call may take before it is given up; default 60' },
    flags: { value: 'NAME,...', text: 'EAP_FLAG_... of both sides by name, such as suppressUi,machineAuth' },
    'in-process': { text: 'run the DLLs in this process, for a debugger: a crash ends it' },
    trace: { text: 'also show the arguments of each call; secrets as their length' },
  },
  json: 'one JSON object on standard output: the verdict, packets and calls; all else goes to standard error',
  exit: 'The exit code is 0 if both sides say success, 1 if one of them refused, 2 if it came to no verdict.',
  examples: `  eaphost method --peer mymethod.dll --type 254/99999/3 --author 99999 \\
      --user alice.blob
  eaphost method --peer peer.dll --authenticator server.dll --type 40 \\
      --author 311 --config profile.xml --trace
  eaphost method --peer mymethod.dll --type 40 --json
`,
  failure: { verdict: 'error' },
} as const satisfies CommandRow;

export const methods = {
  summary: 'list the methods that are installed',
  usage: ['[OPTION]...'],
  about: [
    'Lists the EAP methods that are installed on this machine, from the registry and from EAPHost: their DLLs, whether the files are there and signed, their authors and properties. Of methods in TypeScript it says whether they are being served, as far as this user may know.',
  ],
  options: {},
  json: 'one JSON object on standard output: the methods, and why EAPHost could not be asked',
  exit: 'The exit code is 0, or 2 if they could not be listed.',
  examples: `  eaphost methods
  (eaphost methods --json | ConvertFrom-Json).methods
      in PowerShell, as objects
`,
} as const satisfies CommandRow;

export const register = {
  summary: 'register the methods of a module with Windows',
  usage: ['--module FILE --dir DIRECTORY [OPTION]...'],
  about: [
    "Registers the EAP methods of a module with Windows' EAPHost, for the whole machine: puts a copy of this package's method DLL into DIRECTORY, and what EAPHost reads into the registry. The methods work while a process serves them (serveRegistered). If a step fails, nothing is changed. Needs an administrator.",
  ],
  options: {
    module: {
      value: 'FILE',
      text: 'a module that exports a MethodDefinition as method or by default, or several as methods',
    },
    dir: {
      value: 'DIRECTORY',
      text: 'where the DLL is put: the absolute path of a folder that only administrators can change, such as one below Program Files',
    },
    owner: {
      value: 'SID',
      text: 'the user whose process will serve the methods: S-1-5-18 for a service that runs as LocalSystem, S-1-5-19 for LocalService. Default: this user',
      words: ['S-1-5-18', 'S-1-5-19'],
    },
    author: { value: 'NAME', text: 'who wrote the methods, for people' },
  },
  json: 'one JSON object on standard output: the methods with their DLLs',
  exit: 'The exit code is 0 if they are registered, 2 if nothing was changed, 130 if it was interrupted, which changes nothing.',
  examples: `  eaphost register --module method.js --dir "C:\\Program Files\\Example EAP" \\
      --owner S-1-5-18 --author Example
`,
} as const satisfies CommandRow;

export const unregister = {
  summary: 'remove registered methods',
  usage: ['(--module FILE | --method METHOD) [OPTION]...'],
  about: [
    'Removes EAP methods that "eaphost register" has registered, with their DLLs, from Windows\' EAPHost. Needs an administrator.',
  ],
  options: {
    module: { value: 'FILE', text: 'the module that they were registered with, or' },
    method: {
      value: 'METHOD',
      text: 'one method: AUTHOR/TYPE, or AUTHOR/254/VENDOR/TYPE for an expanded type',
    },
  },
  json: 'one JSON object on standard output: the methods, and what is left of their DLLs',
  exit: 'The exit code is 0 if they are gone, 2 if one could not be removed, 130 if it was interrupted; those before it are gone then.',
  examples: `  eaphost unregister --module method.js
  eaphost unregister --method 67532/254/14122/1
`,
} as const satisfies CommandRow;

export const xml = {
  summary: 'convert profiles and credentials between XML, blob and typed options',
  usage: ['[FILE] --to xml|blob|options [OPTION]...'],
  about: [
    "Converts a profile (EapHostConfig) or credentials (EapHostUserCredentials) between three forms: EAPHost's XML, the method's blob, and typed options as JSON. The content of FILE tells its form; without FILE the input is standard input. A blob is its octets or, in a text, hexadecimal digits.",
    'The profile of a wireless, wired or VPN connection (WLANProfile, LANProfile, VPNProfile) is XML or typed options; its blob is that of the EAP configuration in it.',
    'An eap-config file (eduroam CAT, geteduroam) becomes options: its providers, their networks and methods, and what Windows makes of each method. With --eap, and as a blob, it is the EAP configuration of the method that Windows would use.',
  ],
  options: {
    to: { value: 'FORM', text: 'xml, blob or options', one: forms },
    from: { value: 'FORM', text: 'the form of FILE, where it could be taken for another one', one: forms },
    credentials: {
      text: "options or a blob are a user's credentials; without it, a profile. XML shows it itself",
    },
    eap: {
      text: 'convert only the EAP configuration (EapHostConfig) that is in the profile of a connection, or that an eap-config file leads to',
    },
    provider: {
      value: 'ID',
      text: 'with --eap or --to blob: which provider of an eap-config file that has several',
    },
    output: {
      value: 'FILE',
      text: 'write it into a file that this user alone can read, a blob as its octets',
    },
    'keep-unknown': {
      text: "keep elements that are not known, such as a vendor's own, and list them. Without it they are refused",
    },
    'show-secrets': {
      text: 'show what credentials hold, and the keys in connections. Without it --to options has only the size of each secret, and the other forms go only into a file, with --output',
    },
    method: {
      value: 'TYPE[:AUTHOR]',
      text: 'the method of a blob: its EAP type and author, such as 26 or 254/311/1:311; default author 0',
    },
    runtime: {
      value: 'RUNTIME',
      text: "whose XML functions make and read blobs: system (Windows' EAPHost, the default there) or embedded (the default elsewhere), which knows the package's own methods",
      one: runtimes,
    },
  },
  json: 'one JSON object on standard output: the method, what connection or which providers it is of, and the form that was asked for',
  argument: 'file',
  exit: 'The exit code is 0 if it was converted, 2 if not.',
  examples: `  eaphost xml profile.xml --to options
      what a profile says, as { "method": "peap", "options": { … } }
  eaphost xml options.json --to xml --output profile.xml
      the profile that these options make
  eaphost xml profile.xml --to blob --output profile.blob
      the method's blob, such as eaphost method --config takes
  eaphost xml wlan.xml --to options
      what a wireless network's profile says, as
      { "connection": "wlan", "options": { "name": "example", … } }
  eaphost xml wlan.xml --eap --to xml --output profile.xml
      the profile of EAPHost that is in it
  eaphost xml eduroam.eap-config --to options
      what an eap-config file says, and what Windows makes of it
  echo 0100000002000000 | eaphost xml --method 26 --to xml
      the profile of a blob of EAP-MSCHAPv2
  eaphost xml alice.json --credentials --to xml --output alice.xml
      a user's credentials, made of
      { "method": "mschapv2", "options": { "username": "alice", … } }
`,
} as const satisfies CommandRow;

export const trace = {
  summary: "turn Windows' own tracing of EAPHost on and off",
  usage: ['on|off|status [OPTION]...'],
  about: [
    "Turns EAPHost's own tracing on and off, that of the peer's side and that of the authenticator's, with Windows' logman; off says which files were written. They are for Microsoft's tools (tracerpt) and support, who have the symbols. You do not need them to see what this package does. On Windows only; needs an administrator.",
    'The files can hold names of users and packets: check them before you pass them on.',
  ],
  options: {
    dir: {
      value: 'DIRECTORY',
      text: 'on: where the files go (EapHostPeer.etl, EapHostAuthr.etl); default this folder',
    },
    ras: { text: 'also the older RAS methods (netsh ras set tracing), which write to %windir%\\tracing' },
  },
  json: 'one JSON object on standard output: each session, whether it runs, and its file',
  argument: traceActions,
  exit: 'The exit code is 0 if it was done, 2 if not, 130 if it was interrupted.',
  examples: `  eaphost trace on --dir C:\\traces
  eaphost trace status
  eaphost trace off
`,
} as const satisfies CommandRow;

export const doctor = {
  summary: 'check this machine, and say what to mend',
  usage: ['[OPTION]...'],
  about: [
    "Checks this machine: the system, the package's binaries, Windows' EAPHost (its service, its DLLs and their versions), rights, the installed methods, broken registrations, the firewall, and what keeps networks: WlanSvc, dot3svc, adapters, group policy. Each finding comes with what to do about it. Nothing is changed, and no secret is shown.",
  ],
  options: {},
  json: 'one JSON object on standard output: every finding with its id, severity, what and remedy',
  exit: 'The exit code is 0 if there is no error among the findings, 1 if there is one, 2 if the check failed.',
  examples: `  eaphost doctor
  eaphost doctor --json > doctor.json
      for a report of a problem
`,
} as const satisfies CommandRow;

export const probe = {
  summary: 'ask a Windows machine what only a real EAPHost can answer',
  usage: ['[OPTION]...'],
  about: [
    "Asks Windows' EAPHost, and the services that keep networks, what only a real machine can answer, and writes the answers into one page: what is as this package's documents say, what is otherwise and what has to change, and what is new. Send it with a report of a problem: it has no secrets, and names neither the machine nor you.",
    'It says what it will change, asks first, and takes everything back, also after Ctrl+C. On Windows only; needs an administrator.',
  ],
  options: {
    yes: { text: 'do not ask: for scripts' },
    output: { value: 'FILE', text: 'the page; default eaphost-probe.html in this folder' },
    only: { value: 'QUESTION', text: 'ask this question alone; may be repeated', multiple: true },
    'restart-service': {
      text: 'also stop and start EapHost, with the services that need it: networks with 802.1X are interrupted',
    },
    undo: { text: 'ask nothing; take out what a run that was killed has left' },
  },
  json: 'one JSON object on standard output: the machine, and each question with its answer',
  exit: 'The exit code is 0 if the questions were asked, 2 if they could not be, 130 if it was interrupted. Either way nothing stays changed.',
  examples: `  eaphost probe
  eaphost probe --yes --restart-service --output answers.html
  eaphost probe --undo
`,
} as const satisfies CommandRow;

export const completion = {
  summary: 'print a script that completes command lines in a shell',
  usage: ['bash|zsh|fish|powershell [OPTION]...'],
  about: ['Prints a script that completes commands, options, their values, and files where files are taken.'],
  options: {},
  json: 'one JSON object on standard output: the shell, and its script',
  argument: shells,
  exit: 'The exit code is 0, or 2 for a shell that it does not know.',
  examples: `  Add-Content $PROFILE \`
      'Invoke-Expression ((eaphost completion powershell) -join "\`n")'
      in PowerShell, for every terminal from the next one on
  echo 'source <(eaphost completion bash)' >> ~/.bashrc
  echo 'source <(eaphost completion zsh)' >> ~/.zshrc
  eaphost completion fish > ~/.config/fish/completions/eaphost.fish
`,
} as const satisfies CommandRow;

/** What `eaphost conform` can be about. */
export const conformSubjects = ['server', 'peer', 'method', 'fuzz', 'list', 'explain'] as const;

/** What `eaphost wired` does beside keeping a port. */
export const wiredActions = ['health', 'reauthenticate', 'stop', 'interfaces', 'unit', 'protect'] as const;

export const wired = {
  summary: 'keep a wired port authenticated by 802.1X',
  usage: [
    '--interface NAME --profile FILE [OPTION]...',
    '--interface NAME --method METHOD [OPTION]...',
    'health|reauthenticate|stop --interface NAME [OPTION]...',
    'unit --interface NAME [OPTION]...',
    'interfaces [OPTION]...',
    'protect --credentials FILE|--password-file FILE [OPTION]...',
  ],
  about: [
    'Keeps a port authenticated to its switch: when the link comes up, again whenever the switch or EAPHost asks, and after a failure. It prints a line for each change, and logs off and ends with Ctrl+C, SIGTERM and stop. Files of a profile and of credentials are read anew for each authentication.',
    'Health tells the state and the counters of the one that runs, reauthenticate asks the switch for a new authentication, stop ends it, interfaces lists the Ethernet cards, and unit prints a unit for systemd that does what its options say.',
    'Protect makes the files of --credentials, --password-file and --passphrase-file usable for this account alone, in place: it encrypts them on Windows (DPAPI), and elsewhere gives them mode 0600. What the disk kept of the old ones is not overwritten.',
    "It needs the frames of the card: on Linux root or CAP_NET_RAW, on Windows an administrator or a service, and Npcap. Windows' own supplicant (the service dot3svc) must leave the port alone; it says so where that runs.",
  ],
  options: {
    interface: {
      value: 'NAME',
      text: 'the port, such as eth0 or Ethernet; eaphost wired interfaces lists them',
    },
    profile: { value: 'FILE', text: "the method's profile as XML (EapHostConfig)" },
    credentials: {
      value: 'FILE',
      text: 'EapHostUserCredentials as XML. Let nobody but its account read it: passwords stand in it; protect helps',
    },
    machine: { text: 'authenticate the machine, not a user' },
    method: auth.options.method,
    identity: { value: 'NAME', text: 'the user, such as alice, CORP\\alice or alice@example.org' },
    'password-file': {
      value: 'FILE',
      text: "a file with the user's password; or set EAPHOST_PASSWORD; or type it when asked",
    },
    'outer-identity': auth.options['outer-identity'],
    ca: {
      value: 'FILE',
      text: "the authorities, in PEM, that may have signed the server's certificate; beside --profile, embedded: among which its roots are found",
    },
    'server-name': auth.options['server-name'],
    'insecurely-trust-any-server': auth.options['insecurely-trust-any-server'],
    commitment: auth.options.commitment,
    'insecurely-allow-weak-cryptography': auth.options['insecurely-allow-weak-cryptography'],
    cert: { value: 'FILE', text: "methods with a user's certificate: the certificate, in PEM" },
    key: auth.options.key,
    pfx: auth.options.pfx,
    'passphrase-file': auth.options['passphrase-file'],
    runtime: auth.options.runtime,
    'auth-period': {
      value: 'SECONDS',
      text: 'how long the switch may be silent, and a method work; default 30',
    },
    'held-period': { value: 'SECONDS', text: 'how long nothing is tried after a failure; default 60' },
    'start-period': { value: 'SECONDS', text: 'how long an answer to EAPOL-Start is waited for; default 30' },
    'max-start': {
      value: 'NUMBER',
      text: 'how many EAPOL-Start are sent before the port is held; default 3',
    },
    keep: {
      value: 'FILE',
      text: 'where what a success asks to be kept for the next session outlives this process, such as a changed password; protected as protect does it',
    },
    'for-machine': {
      text: 'protect, on Windows: let any account that may read the file decrypt it, as for a service that an administrator sets up; LocalSystem always does',
    },
    'port-valid': { text: 'take a LAN where nobody answers to be open' },
    control: {
      value: 'PATH',
      text: 'where the other commands reach it: a socket, on Windows a pipe such as \\\\.\\pipe\\port. Default: one of the port and this account',
    },
  },
  json: 'a line of JSON for each change, with its name as event; the other commands print one object',
  argument: wiredActions,
  exit: 'The exit code is 0 if it ran until it was ended, or the port is authorized (health), 1 if it is not, 2 if it could not run, or nobody listens.',
  examples: `  eaphost wired interfaces
  eaphost wired --interface eth0 --method peap-mschapv2 --identity alice \\
      --ca ca.pem --server-name radius.example.org
      asks for alice's password
  eaphost wired --interface Ethernet --profile peap.xml \\
      --credentials alice.xml --json
  eaphost wired protect --credentials alice.xml
  eaphost wired health --interface eth0
  eaphost wired unit --interface eth0 --method tls --identity pc7 \\
      --ca ca.pem --cert pc7.pem --key pc7.key
`,
} as const satisfies CommandRow;

/** What `eaphost network` does. */
export const networkActions = ['list', 'show', 'apply', 'remove'] as const;

export const network = {
  summary: 'configure Wi-Fi and wired networks with 802.1X',
  usage: [
    'list [OPTION]...',
    'show (NAME | --wired --interface NAME) [OPTION]...',
    'apply FILE [OPTION]...',
    'apply FILE --to SYSTEM [OPTION]...',
    'remove (NAME | --wired --interface NAME) [OPTION]...',
  ],
  about: [
    "Configures the networks that Windows keeps: profiles of Wi-Fi in the WLAN service, of wired networks in dot3svc, with their EAP method, and the user's credentials. FILE is a WLANProfile or a LANProfile, as XML or as options in JSON (eaphost xml --to options), or an eap-config file (eduroam CAT, geteduroam).",
    "Apply puts a profile in place of the one that is there, then sets the credentials; if they are refused, the old profile comes back, though not its credentials, which Windows does not tell. Certificates are not installed: it says which must be in Windows' stores. With --to it writes what NetworkManager or wpa_supplicant take, on any system.",
  ],
  options: {
    wired: { text: 'the wired network of --interface; of an eap-config file, its wired network' },
    interface: {
      value: 'NAME',
      text: 'the adapter: of Wi-Fi its description or GUID, where there are several; of a wired network the name of the connection, such as Ethernet',
    },
    credentials: {
      value: 'FILE',
      text: "the user's credentials: EapHostUserCredentials as XML, or options in JSON as eaphost xml has them",
    },
    'for-all': { text: 'for every user of this machine, not for this one alone; needs an administrator' },
    connect: { text: 'apply: also connect, and say what came of it' },
    'dry-run': { text: 'apply and remove: only say what would be done' },
    provider: { value: 'ID', text: 'which provider of an eap-config file that has several' },
    identity: { value: 'NAME', text: 'the user, for an eap-config file that does not name one' },
    'password-file': {
      value: 'FILE',
      text: "for an eap-config file: a file with the user's password; or set EAPHOST_PASSWORD; or type it when asked",
    },
    to: {
      value: 'SYSTEM',
      text: 'networkmanager or wpa-supplicant: write their files, and change nothing here',
      one: ['networkmanager', 'wpa-supplicant'],
    },
    output: { value: 'FOLDER', text: '--to: where the files are put; default: only the text is printed' },
    folder: {
      value: 'FOLDER',
      text: '--to: where certificates and keys will lie on the machine that uses them; default the absolute path of --output, else /etc/eaphost',
    },
    ca: {
      value: 'FILE',
      text: '--to: the authorities, in PEM; a Windows profile has only their thumbprints; may be repeated',
      multiple: true,
    },
    pfx: { value: 'FILE', text: "--to, EAP-TLS: the user's certificate and key in PKCS #12" },
    'passphrase-file': { value: 'FILE', text: 'a file with the passphrase of --pfx' },
    'show-secrets': { text: '--to without --output: print the password as well' },
  },
  json: 'one JSON object on standard output: the networks, or what was done',
  argument: networkActions,
  takesFile: ['apply'],
  exit: 'The exit code is 0 if it was done, 1 if --connect did not connect, 2 if it could not be done, 130 if it was interrupted: then everything is as before.',
  examples: `  eaphost network list
  eaphost network apply eduroam.eap-config --identity alice --connect
      asks for alice's password, and joins
  eaphost network apply campus.xml --credentials alice.xml --dry-run
  eaphost network apply lan.json --wired --interface Ethernet \\
      --credentials machine.xml --for-all
  eaphost network show campus
  eaphost network remove campus
  eaphost network apply eduroam.eap-config --identity alice \\
      --to networkmanager --output nm
`,
} as const satisfies CommandRow;

export const conform = {
  summary: 'test a server, a peer or a method against the standards',
  usage: [
    'server [OPTION]...',
    'peer [OPTION]... -- COMMAND...',
    'peer --runtime RUNTIME [OPTION]...',
    'method DLL --type TYPE [OPTION]...',
    'method MODULE [OPTION]...',
    'fuzz [OPTION]... [-- COMMAND...]',
    'list [OPTION]...',
    'explain CASE|SECTION...',
  ],
  about: [
    'Tries a RADIUS server, an EAP peer or a method with good and hostile counterparts, case by case, and says of each case whether the subject did what its source demands: passed, failed, not applicable, or inconclusive. What a source only allows (MAY) fails nobody: it is a remark. List shows the cases, and explain says of one, or of all of a section, where its sentence stands and what usually is wrong.',
    'A server is tried with a user whom it accepts; without --server it is the built-in one. A peer is tried at a server of this command; COMMAND authenticates once, exits with 0 if it was accepted and with 75 if it could not try, and gets {port}, {secret}, {identity}, {password}, {ca}, {name} (that of the server) and {config}, a configuration file for wpa_supplicant and eapol_test. A method is a DLL, or a module that exports one in TypeScript as eaphost register takes it; it runs in processes of its own.',
    "Fuzz lets any peer authenticate at any server, again and again, through a proxy that loses, doubles, delays and changes packets: without --server at the built-in one, without COMMAND by this package's supplicant. It reports crashes, hangs, successes that must not be and keys that differ, and keeps each as a file that --replay does again. The same seed gives the same actions.",
    'Try what is yours, or what you were asked to try: hostile packets look like an attack.',
  ],
  options: {
    server: auth.options.server,
    'secret-file': auth.options['secret-file'],
    secret: auth.options.secret,
    method: auth.options.method,
    ca: auth.options.ca,
    'server-name': auth.options['server-name'],
    'insecurely-trust-any-server': auth.options['insecurely-trust-any-server'],
    commitment: auth.options.commitment,
    'insecurely-allow-weak-cryptography': auth.options['insecurely-allow-weak-cryptography'],
    cert: auth.options.cert,
    key: auth.options.key,
    pfx: auth.options.pfx,
    'passphrase-file': auth.options['passphrase-file'],
    'outer-identity': auth.options['outer-identity'],
    identity: auth.options.identity,
    'password-file': auth.options['password-file'],
    runtime: {
      value: 'RUNTIME',
      text: "peer and fuzz: without COMMAND, this package's supplicant over system (Windows' EAPHost) or embedded",
      one: runtimes,
    },
    profile: {
      value: 'FILE',
      text: "peer with --runtime: the method's profile as XML (EapHostConfig), in place of the one that --method stands for",
    },
    serve: {
      value: 'FILE',
      text: "peer: methods, users and certificates of its server, as eaphost serve --config takes them; default: throw-away ones. For Windows' own methods, with --ca: the machine must trust the authority",
    },
    'bad-certificates': {
      value: 'FOLDER',
      text: 'server, EAP-TLS: what it must refuse of an authority that it trusts: expired.pem, not-yet-valid.pem, revoked.pem and for-servers.pem, or some of them, each a certificate and its key. Peer, methods with TLS: the same of servers, with for-clients.pem and other-name.pem; its throw-away server has all but revoked.pem',
    },
    type: {
      value: 'TYPE',
      text: "method: its EAP type, such as 26, or 254/VENDOR/TYPE for an expanded one; a module's only one if there is no other",
    },
    author: method.options.author,
    authenticator: {
      value: 'FILE',
      text: 'method: the DLL, or the module, of the authenticator; default the same file',
    },
    config: { value: 'FILE', text: 'method: the connection blob of the peer' },
    'server-config': method.options['server-config'],
    user: {
      value: 'FILE',
      text: "method: the user blob, or as FILE.xml the user's credentials; for a module default one of --identity and --password-file",
    },
    flags: {
      value: 'NAME,...',
      text: "method: EAP_FLAG_... of the peer's sessions by name, such as suppressUi,machineAuth",
    },
    'ui-answer': {
      value: 'FILE',
      text: 'method: what its user answers a dialog, as EapPeerSetUIContext gets it; default: what its input fields give, and without those no conversation that asks',
    },
    only: {
      value: 'CASE',
      text: 'only these cases, with asterisks, such as "rfc3748-*"; may be repeated',
      multiple: true,
    },
    skip: { value: 'CASE', text: 'not these cases, with asterisks; may be repeated', multiple: true },
    level: {
      value: 'LEVEL',
      text: 'MUST, SHOULD (MUST and SHOULD) or MAY (all); default MAY',
      one: ['MUST', 'SHOULD', 'MAY'],
    },
    disruptive: {
      text: 'also cases that end current releases of widely used programs: everybody who depends on the subject loses it until it is started again',
    },
    'only-failed': {
      value: 'FILE',
      text: 'only the cases that failed in an earlier run, of which FILE has what --json printed',
    },
    diff: {
      value: 'FILE',
      text: 'tell at the end what is other than in an earlier run, of which FILE has what --json printed',
    },
    baseline: {
      value: 'FILE',
      text: 'known failures, a case in each line, the reason behind it: only others make the exit code 1',
    },
    seed: {
      value: 'NUMBER',
      text: 'fuzz: what the actions are made of; default a random one, which is shown',
    },
    rounds: { value: 'NUMBER', text: 'fuzz: how many authentications; default 200' },
    keep: { value: 'FOLDER', text: 'fuzz: where the files of found cases go; default this folder' },
    replay: { value: 'FILE', text: 'fuzz: do only what this file of a found case says' },
    html: { value: 'FILE', text: 'write the results as a page: packets as ladders, and what to do' },
    junit: { value: 'FILE', text: 'write the results as JUnit XML' },
    tap: { value: 'FILE', text: 'write the results in the Test Anything Protocol, version 14' },
    badge: { value: 'FILE', text: 'write a picture (SVG) for a README: how many cases were passed' },
    captures: { value: 'FOLDER', text: 'write a capture (pcapng) for each failed case, for Wireshark' },
    concurrency: { value: 'NUMBER', text: 'cases at the same time; default 16' },
    silence: {
      value: 'SECONDS',
      text: 'server: how long nothing must come to be taken for silence; default 1.5',
    },
    'restart-seconds': {
      value: 'SECONDS',
      text: 'server and fuzz: how long a server that has ended may take to answer again; default 10',
    },
    timeout: {
      value: 'SECONDS',
      text: 'how long one case may take; default 20. Fuzz: how long a peer may take to its verdict; default 60',
    },
  },
  json: 'one JSON object on standard output: what was tried, each case with its verdict, reason and packets, and how many have which verdict',
  argument: conformSubjects,
  takesFile: ['method'],
  exit: 'The exit code is 0 if no case failed beyond the baseline, 1 if one did, 2 if the subject could not be tried, 130 if it was interrupted.',
  examples: `  eaphost conform server --server radius.example.org --secret-file secret.txt \\
      --method mschapv2 --identity alice --password-file alice.txt
  eaphost conform peer --method peap-mschapv2 -- \\
      eapol_test -a 127.0.0.1 -p {port} -s {secret} -c {config}
  eaphost conform peer --runtime embedded --level MUST
  eaphost conform peer --runtime system --method peap-mschapv2 \\
      --serve radius-test/serve.json --ca radius-test/ca.pem --identity alice
      Windows' own PEAP, on Windows
  eaphost conform method ./mymethod.dll --type 254/99999/3 --author 99999 \\
      --user alice.blob
  eaphost conform method ./method.js --identity alice --password-file alice.txt
  eaphost conform fuzz --seed 7 --rounds 500 --method tls --html fuzz.html
  eaphost conform list --only "rfc3748-*"
`,
} as const satisfies CommandRow;

const names = [
  'auth',
  'serve',
  'wired',
  'network',
  'conform',
  'method',
  'methods',
  'register',
  'unregister',
  'xml',
  'trace',
  'doctor',
  'probe',
  'completion',
  'help',
] as const;

export const help = {
  summary: 'the help text of a command',
  usage: ['[COMMAND] [OPTION]...'],
  about: ['Prints the help text of a command, or lists the commands.'],
  options: {},
  json: 'one JSON object on standard output: the commands with their options',
  argument: names,
  exit: 'The exit code is 0, or 2 if there is no such command.',
  examples: `  eaphost help auth
  eaphost help --json
`,
} as const satisfies CommandRow;

/** The name of a command. */
export type CommandName = (typeof names)[number];

/** The commands, in the order in which help lists them. */
export const commands: Readonly<Record<CommandName, CommandRow>> = {
  auth,
  serve,
  wired,
  network,
  conform,
  method,
  methods,
  register,
  unregister,
  xml,
  trace,
  doctor,
  probe,
  completion,
  help,
};
