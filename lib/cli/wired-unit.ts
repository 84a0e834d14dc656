// The systemd unit that keeps a port. Pure.

/** A word as systemd reads it back: without expansion. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%');
  if (/^[\w./=:,@%$+-]+$/u.test(plain)) return plain;
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The text of a unit that runs a command for `port`, with the one right that it needs; `folders` it writes to. */
export function unitText(port: string, command: readonly string[], folders: readonly string[] = []): string {
  return `[Unit]
Description=802.1X on ${port.replaceAll(/[\r\n]/gu, ' ').replaceAll('%', '%%')}
Before=network-pre.target
Wants=network-pre.target

[Service]
ExecStart=${command.map((word) => quoted(word.replaceAll('$', '$$$$'))).join(' ')}
KillSignal=SIGINT
Restart=on-failure
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=read-only
PrivateTmp=yes
${folders.map((folder) => `ReadWritePaths=${quoted(folder)}\n`).join('')}
[Install]
WantedBy=multi-user.target
`;
}
