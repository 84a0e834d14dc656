// The user database of the password methods' authenticators.

import { types } from 'node:util';

import { checkFunction, checkWellFormed, toName, type OptionNames } from '../base/arguments.js';
import { toDecision } from '../base/decisions.js';
import { isObject, namesOf } from '../base/guards.js';

/** Whether an account may be used just now. All but `active` refuse, once the password or certificate has proved right. */
export type AccountState =
  'active' | 'passwordExpired' | 'disabled' | 'restrictedHours' | 'noDialinPermission';

/** A user's record. It has no other properties. */
export interface UserRecord {
  /** Octets are UTF-8. A store can wipe octets, but not strings. */
  readonly password: string | Uint8Array;
  /** `active` when left out. */
  readonly state?: AccountState;
}

/** A user database. */
export interface UserStore {
  /**
   * Finds the user of an identity as the peer sent it (`DOMAIN\user`, `user`, `user@realm`) or as a certificate
   * contains it; undefined if there is none. Once proved, this spelling is the proved identity. The look-up should
   * take equally long for an unknown user. If it throws or returns anything else, the peer is refused.
   */
  lookup(identity: string): Promise<UserRecord | undefined> | UserRecord | undefined;
  /**
   * Takes a new password for a user whose old one has expired and was right; false refuses it, and anything but true
   * refuses the peer. Without this function no password can be changed.
   */
  changePassword?(identity: string, newPassword: string): Promise<boolean> | boolean;
}

/** The options of every password method's authenticator. */
export interface PasswordAuthenticatorOptions {
  readonly users: UserStore;
  /** The name that the server gives itself in challenges. Default `eaphost`. */
  readonly serverName?: string;
}

const states: Readonly<Record<AccountState, true>> = {
  active: true,
  passwordExpired: true,
  disabled: true,
  restrictedHours: true,
  noDialinPermission: true,
};

const recordNames: OptionNames<UserRecord> = { password: 'secret', state: namesOf(states) };

/** A user's record. Throws TypeError for anything else. */
function toRecord(value: unknown, from: string): Required<UserRecord> {
  const { password, state = 'active' } = toDecision(value, from, recordNames);
  if (typeof password !== 'string' && !types.isUint8Array(password)) {
    throw new TypeError(`${from}.password must be a string or a Uint8Array`);
  }
  return { password, state: toName(state, `${from}.state`, states) };
}

/** What a user database found. Throws TypeError for what is neither a record nor undefined. */
export function readUser(found: unknown): Required<UserRecord> | undefined {
  return found === undefined ? undefined : toRecord(found, 'lookup()');
}

export const passwordAuthenticatorNames: OptionNames<PasswordAuthenticatorOptions> = {
  users: 'object',
  serverName: 'string',
};

/** Checks a user database. Throws TypeError. */
export function checkUsers(users: UserStore | undefined): void {
  if (typeof users?.lookup !== 'function')
    throw new TypeError('users must be an object with the function lookup');
  checkFunction(Reflect.get(users, 'changePassword'), 'users.changePassword');
}

/**
 * A user database in memory: identities and their passwords, unencrypted. A name must match the peer's identity
 * exactly. Password changes are kept in it.
 */
export function memoryUsers(users: Readonly<Record<string, string | UserRecord>>): UserStore {
  if (!isObject(users)) throw new TypeError('users must be an object');
  const records = new Map(
    Object.entries(users).map(([name, user]) => {
      checkWellFormed(name, 'a name of users');
      return [name, toRecord(typeof user === 'string' ? { password: user } : user, `users.${name}`)];
    }),
  );
  return {
    lookup: (identity) => records.get(identity),
    changePassword(identity, newPassword) {
      records.set(identity, toRecord({ password: newPassword }, 'user'));
      return true;
    },
  };
}
