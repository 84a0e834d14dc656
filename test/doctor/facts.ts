// The facts of a machine on which nothing is wrong. Tests change one of them.

import type { ExaminedMethod, Facts, WindowsFacts } from '../../lib/doctor/facts.js';

export const goodMethod: ExaminedMethod = {
  type: { type: 21, vendorId: 0, vendorType: 0, authorId: 4711 },
  friendlyName: 'Example',
  authorName: 'Example Ltd',
  properties: [],
  peerDll: { path: 'C:\\Program Files\\Example\\eap.dll', exists: true, signature: 'valid' },
  authenticatorDll: undefined,
  registry: 'eaphost',
  inEapHost: true,
  served: undefined,
  peerMachine: 'x64',
  authenticatorMachine: undefined,
  isServed: undefined,
};

export const goodWindows: WindowsFacts = {
  process: { value: { isElevated: true, integrity: 0x3000, nativeMachine: 0x8664, wineVersion: '' } },
  service: { value: { state: 4, startType: 3 } },
  libraries: {
    value: ['eappprxy.dll', 'eappcfg.dll'].map((name) => ({
      name,
      path: `C:\\Windows\\System32\\${name}`,
      file: { version: '10.0.22621.1', machine: 'x64' as const },
    })),
  },
  runtime: { value: true },
  methods: { value: [goodMethod] },
  registrations: { value: [{ type: goodMethod.type, key: 'A\\Key', missing: [] }] },
  firewall: {
    value: {
      activeIn: ['domain', 'private', 'public'],
      rules: [{ name: 'RADIUS', direction: 'in', action: 'allow', ports: [1812, 1813] }],
    },
  },
  wlanNetworks: {
    value: { service: { state: 4, startType: 2 }, adapters: ['Example Wi-Fi 6'], hasPolicy: false },
  },
  wiredNetworks: {
    value: { service: { state: 4, startType: 2 }, adapters: ['Ethernet'], hasPolicy: false },
  },
};

export const goodFacts: Facts = {
  platform: 'win32',
  arch: 'x64',
  systemName: 'Windows 11 Pro',
  systemRelease: '10.0.22631',
  nodeVersion: '22.22.2',
  packageVersion: '1.2.3',
  addon: { value: 'C:\\app\\node_modules\\eaphost\\prebuilds\\win32-x64' },
  embedded: { value: true },
  session: { value: true },
  windows: goodWindows,
};
