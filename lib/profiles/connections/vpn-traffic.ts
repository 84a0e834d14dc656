// What goes through a VPN's tunnel: routes, names, filters, proxies, and what connects it. No element has a namespace.

import { boolean, type Codec, listOf, sequence, withoutPrototype } from '../codec.js';
import { fieldsOf, floating } from '../fields.js';
import { text } from '../values.js';
import { malformed, type QName } from '../xml.js';
import type {
  VpnDeviceCompliance,
  VpnDomain,
  VpnProfileOptions,
  VpnProxy,
  VpnRoute,
  VpnTrafficFilter,
} from './options.js';
import { oneOf, shortText, wholeNumber } from './values.js';

/** A name of VPNProfile. */
export const vpnName = (local: string): QName => ({ namespace: '', local });

const v = vpnName;

/** RoutingPolicyType, of a tunnel and of a filter. */
export const routingPolicy = oneOf(['SplitTunnel', 'ForceTunnel'], true);

const r = fieldsOf<VpnRoute>();
const route: Codec<VpnRoute> = sequence(
  floating([
    r.one('address', v('Address'), text, 'required'),
    r.one('prefixSize', v('PrefixSize'), wholeNumber(0, 128), 'required'),
    r.one('exclusionRoute', v('ExclusionRoute'), boolean),
  ]),
);

const d = fieldsOf<VpnDomain>();
const domain: Codec<VpnDomain> = sequence(
  floating([
    d.one('domainName', v('DomainName'), text, 'required'),
    d.one('dnsServers', v('DnsServers'), text),
    d.one('webProxyServers', v('WebProxyServers'), text),
    d.one('autoTrigger', v('AutoTrigger'), boolean),
    d.one('persistent', v('Persistent'), boolean),
  ]),
);

const t = fieldsOf<VpnTrafficFilter>();
const trafficFilter: Codec<VpnTrafficFilter> = sequence(
  floating([
    t.group(v('App'), [t.one('app', v('Id'), text)]),
    t.one('claims', v('Claims'), text),
    t.one('protocol', v('Protocol'), wholeNumber(0, 255)),
    t.one('localPortRanges', v('LocalPortRanges'), text),
    t.one('remotePortRanges', v('RemotePortRanges'), text),
    t.one('localAddressRanges', v('LocalAddressRanges'), text),
    t.one('remoteAddressRanges', v('RemoteAddressRanges'), text),
    t.one('routingPolicyType', v('RoutingPolicyType'), routingPolicy),
    t.one('direction', v('Direction'), oneOf(['Inbound', 'Outbound'], true)),
  ]),
);

const p = fieldsOf<VpnProxy>();
const proxy: Codec<VpnProxy> = sequence(
  floating([
    p.one('autoConfigUrl', v('AutoConfigUrl'), text),
    p.group(v('Manual'), [p.one('server', v('Server'), text)]),
  ]),
);

const s = fieldsOf<NonNullable<VpnDeviceCompliance['sso']>>();
const c = fieldsOf<VpnDeviceCompliance>();
const deviceCompliance: Codec<VpnDeviceCompliance> = sequence(
  floating([
    c.one('enabled', v('Enabled'), boolean, 'required'),
    c.one(
      'sso',
      v('Sso'),
      sequence(
        floating([
          s.one('enabled', v('Enabled'), boolean, 'required'),
          s.one('eku', v('Eku'), text),
          s.one('issuerHash', v('IssuerHash'), text),
        ]),
      ),
    ),
  ]),
);

const a = fieldsOf<{ readonly id: string }>();
const app = sequence([a.group(v('App'), [a.one('id', v('Id'), shortText(32767), 'required')])]);
const appTrigger: Codec<string> = {
  names: app.names ?? [],
  write: (value, path) => ({ children: app.write({ id: value }, path).children ?? [] }),
  read(element, report) {
    const { id } = withoutPrototype<{ id?: string }>(app.read(element, report) ?? {});
    if (id === undefined) throw malformed(element, 'App is missing');
    return id;
  },
};

const f = fieldsOf<VpnProfileOptions>();

/** What stands before NativeProfile. */
export const trafficBefore = [
  f.one('proxy', v('Proxy'), proxy),
  f.one('deviceCompliance', v('DeviceCompliance'), deviceCompliance),
  f.many('appTriggers', [v('AppTrigger')], listOf(appTrigger)),
  f.many('domains', [v('DomainNameInformation')], listOf(domain)),
  f.many('trafficFilters', [v('TrafficFilter')], listOf(trafficFilter)),
];

/** What stands after it. */
export const trafficAfter = [f.many('routes', [v('Route')], listOf(route))];
