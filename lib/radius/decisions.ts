// Reads the decisions of a server's `policy` and `authorize`, strictly: anything else than a decision is an error of the
// callback, which refuses its peer. Pure.

import { toBytes, toInteger, toName, type OptionNames } from '../base/arguments.js';
import { toArray, toDecision, toFields } from '../base/decisions.js';
import type { MethodDefinition } from '../hosts/method.js';
import { maxValueLength, type RadiusAttribute } from './attributes.js';
import { type Authorization, bareInnerChoices, type Policy } from './server-types.js';

const policyNames: OptionNames<Policy> = {
  methods: 'array',
  bareInnerMethods: ['accept', 'refuse'],
  config: 'bytes',
};
const authorizationNames: OptionNames<Authorization> = { attributes: 'array' };
const attributeNames: OptionNames<RadiusAttribute> = { type: 'number', value: 'bytes' };

/** What `policy` returned, over the server's options. Throws TypeError. */
export function readPolicy(
  value: unknown,
  served: Required<Pick<Policy, 'methods' | 'bareInnerMethods'>>,
): Required<Policy> {
  const policy = toDecision(value, 'policy()', policyNames);
  const { methods = served.methods, bareInnerMethods = served.bareInnerMethods } = policy;
  const { config = new Uint8Array() } = policy;
  return {
    methods: toServed(methods, 'policy().methods'),
    bareInnerMethods: toName(bareInnerMethods, 'policy().bareInnerMethods', bareInnerChoices),
    config: toBytes(config, 'policy().config'),
  };
}

/** What `authorize` returned; undefined: it refused. Throws TypeError or RangeError. */
export function readAuthorization(value: unknown): Authorization | undefined {
  if (value === false) return undefined;
  if (value === true) return { attributes: [] };
  const { attributes } = toDecision(value, 'authorize()', authorizationNames, ['attributes']);
  const all = toArray(attributes, 'authorize().attributes');
  return { attributes: all.map((each, index) => toAttribute(each, `authorize().attributes[${index}]`)) };
}

/** Methods that a server can offer. Throws TypeError. */
export function toServed(value: unknown, from: string): readonly MethodDefinition[] {
  const methods = toArray(value, from);
  for (const [index, method] of methods.entries()) {
    const { authenticator, name } = toFields(method, `${from}[${index}]`);
    if (!authenticator) throw new TypeError(`${from}: the method ${String(name)} has no authenticator side`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a mistake in a method refuses its own peer
  return methods as readonly MethodDefinition[];
}

/** One that was left out unseen could be the one that restricts. */
function toAttribute(given: unknown, from: string): RadiusAttribute {
  const attribute = toDecision(given, from, attributeNames);
  const value = toBytes(attribute.value, `${from}.value`);
  toInteger(value.length, `${from}.value.length`, 1, maxValueLength);
  return { type: toInteger(attribute.type, `${from}.type`, 1, 255), value };
}
