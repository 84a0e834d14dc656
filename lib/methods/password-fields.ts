// The input fields of the methods whose user is a name and a password, and of the tunnels around them: what a tool
// shows in place of a dialog. JavaScript thread.

import type { InputField } from '../eap/input-fields.js';
import { encodeCredentials } from './credentials.js';
import type { ConfigurationSide } from '../hosts/method.js';
import { type CallFailure, unsupported } from '../hosts/failure.js';

const longest = 256;
const fields: readonly InputField[] = [
  { type: 'username', label: 'User name', data: '', flags: [], minLength: 1, maxLength: longest },
  {
    type: 'password',
    label: 'Password',
    data: '',
    flags: ['nonDisplayable'],
    minLength: 0,
    maxLength: longest,
  },
];

/** Of a method whose user blob is that of `encodeCredentials`. */
export const passwordConfiguration: ConfigurationSide = {
  credentialInputFields: () => fields,
  credentialsFromInputFields(request) {
    const dataOf = (type: InputField['type']): string =>
      request.fields.find((field) => field.type === type)?.data ?? '';
    return encodeCredentials({ username: dataOf('username'), password: dataOf('password') });
  },
};

/** The inner method of a tunnel, by the tunnel's connection blob. */
interface Inside {
  readonly configuration: ConfigurationSide | undefined;
  /** The connection blob of the method inside. */
  readonly config: Uint8Array;
}

/** Of a tunnel method: the fields of the method inside, whose user blob is the tunnel's own. */
export function tunnelConfiguration(insideOf: (config: Uint8Array) => Inside): ConfigurationSide {
  const lacking = (): CallFailure => unsupported('The method in the tunnel has no input fields');
  return {
    credentialInputFields(request) {
      const { configuration, config } = insideOf(request.config);
      if (!configuration?.credentialInputFields) throw lacking();
      return configuration.credentialInputFields({ ...request, config });
    },
    credentialsFromInputFields(request) {
      const { configuration, config } = insideOf(request.config);
      if (!configuration?.credentialsFromInputFields) throw lacking();
      return configuration.credentialsFromInputFields({ ...request, config });
    },
  };
}
