// Names of EAPHost's numbers: method types, flags, properties, attribute types, actions, reasons.
// The numbers are those of native/abi; a test compares them.

/** An EAP method as EAPHost names it (EAP_METHOD_TYPE). Omitted numbers are 0. */
export interface MethodType {
  /** IANA EAP type, 1 to 254; 254 is an expanded type. */
  readonly type: number;
  /** SMI enterprise number of the type's vendor, for type 254. */
  readonly vendorId?: number;
  /** The vendor's own type number, for type 254. */
  readonly vendorType?: number;
  /** SMI enterprise number of the author of the method DLL; 0 for Windows' legacy methods, 311 for Microsoft's. */
  readonly authorId?: number;
}

/** EAP flags (EAP_FLAG_…) by name. */
export const flagBits = {
  nonInteractive: 0x2,
  logon: 0x4,
  preview: 0x8,
  machineAuth: 0x20,
  guestAccess: 0x40,
  resumeFromHibernate: 0x200,
  fullAuth: 0x1000,
  preferAltCredentials: 0x2000,
  healthStateChange: 0x8000,
  suppressUi: 0x10000,
  preLogon: 0x20000,
  userAuth: 0x40000,
  configReadonly: 0x80000,
  vpn: 0x800000,
  onlyEapTls: 0x1000000,
  serverValidationRequired: 0x2000000,
} as const;

/** A session flag, named as Windows names it without EAP_FLAG_. */
export type Flag = keyof typeof flagBits;

/** One EAP attribute: a RADIUS attribute number or one of EAPHost's own (EAP_ATTRIBUTE_TYPE), and its raw value. */
export interface EapAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}
