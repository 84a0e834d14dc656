// The XML namespaces of EAPHost's profiles, and the prefixes that we write them with.

/** An element's name with its namespace. */
export interface QName {
  readonly namespace: string;
  readonly local: string;
}

const provisioning = 'http://www.microsoft.com/provisioning/';

/** Some pages of Microsoft's documents print this; Windows knows the namespaces by `http:` only. */
export const wrongProvisioning = provisioning.replace('http:', 'https:');

/** Every namespace that a profile of ours can hold, with its prefix; the documents' own two have none. */
const prefixTable = {
  EapHostConfig: '',
  EapHostUserCredentials: '',
  EapCommon: 'm',
  BaseEapConnectionPropertiesV1: 'b',
  EapTlsConnectionPropertiesV1: 't',
  EapTlsConnectionPropertiesV2: 't2',
  EapTlsConnectionPropertiesV3: 't3',
  MsChapV2ConnectionPropertiesV1: 'c',
  MsPeapConnectionPropertiesV1: 'p',
  MsPeapConnectionPropertiesV2: 'p2',
  MsPeapConnectionPropertiesV3: 'p3',
  EapTtlsConnectionPropertiesV1: 's',
  EapTeapConnectionPropertiesV1: 'e',
  BaseEapUserPropertiesV1: 'u',
  EapTlsUserPropertiesV1: 'ut',
  MsChapV2UserPropertiesV1: 'uc',
  MsPeapUserPropertiesV1: 'up',
  EapTtlsUserPropertiesV1: 'us',
} as const;

type Suffix = keyof typeof prefixTable;

/** Prefix by namespace. */
export const prefixes: ReadonlyMap<string, string> = new Map(
  Object.entries(prefixTable).map(([suffix, prefix]) => [provisioning + suffix, prefix]),
);

/** Makes the names of one namespace of `http://www.microsoft.com/provisioning/`. */
export function vocabulary(suffix: Suffix): (local: string) => QName {
  const namespace = provisioning + suffix;
  return (local) => ({ namespace, local });
}

/** Whether both are the same name. */
export function isSameName(left: QName, right: QName): boolean {
  return left.local === right.local && left.namespace === right.namespace;
}
