// Demands and remedies of method cases in the names of a method in TypeScript: `isSuccess` where a DLL sets `fIsSuccess`. The
// catalogue is written for DLLs; the shim maps Windows' functions to the fields of a definition, and so do these tables.

import type { CaseFacts } from '../../case.js';

const onlyAtTheEnd =
  'return isSuccess: true only when the method has come to its end, whatever the reason says';

/** Where only a method that returns success too early fails. */
const own: Readonly<Record<string, string>> = {
  'windows-EapPeerGetResponsePacket-not-announced': onlyAtTheEnd,
  'windows-EapPeerGetUIContext-not-asked': onlyAtTheEnd,
  'windows-EapPeerGetResponseAttributes-not-asked': onlyAtTheEnd,
  'windows-EapPeerSetUIContext-not-asked': onlyAtTheEnd,
  'windows-EapPeerSetResponseAttributes-not-asked': onlyAtTheEnd,
};

/** What the shim does for every method: buffers, pointers, the table of functions. */
const shims =
  /-(?:exact-size|too-small|null-attributes|routines|free-functions|larger-than-before)$|^windows-EapPeerFree|-memory(?:-|$)|Shutdown|AuthenticatorGetAttributes-not/u;
const shimsRemedy = 'nothing in the method: the package does this for it; please report the failure';

/** Phrases, and then names, longest first. */
const words: readonly (readonly [windows: string, script: string])[] = [
  [
    'read the identity from pUserData, and set *pfInvokeUI to FALSE where there is one',
    'return the identity of credentials, without invokeUi, where there is one',
  ],
  ['expect NULL and 0 for pConnectionData', 'expect an empty config'],
  ['expect NULL and 0 for both blobs', 'expect empty config and credentials'],
  ['give in *ppUserDataOut', 'return in credentials'],
  ['leave pAttribArray NULL', 'return no attributes'],
  ['leave pAuthAttribs NULL', 'return no attributes'],
  [
    'whole blobs in pConnectionData and pUserData, and their sizes, where a flag says to save them',
    'whole blobs in saveConfig and saveCredentials',
  ],
  [
    'give the MSK as MS-MPPE keys in pAttribArray',
    'return the MSK as MS-MPPE keys in attributes (encodeMppeKeys)',
  ],
  ['take sizes from dwReceivedPacketSize', 'take sizes from packet.length'],
  ['take sizes from dwReceivePacketSize', 'take sizes from packet.length'],
  ['compare Length with dwReceivePacketSize', 'compare Length with packet.length'],
  ['copy bPacketId as it is', 'copy the id of sendPacket as it is'],
  ['take each Identifier from bPacketId', 'take each Identifier from the id of sendPacket'],
  ['keep dwMaxSendPacketSize in 32 bits, and copy', 'take maxSendPacketSize as it is, and copy'],
  ['take pwszIdentity as UTF-16 of any length', 'take identity as a text of any length'],
  ['take both as UTF-16 of any length', 'take both as texts of any length'],
  ['count octets in 32 bits: 65,535 and a few more do not fit into 16', 'expect packets of 65,535 octets'],
  [
    'in the session that its handle points to, none in globals',
    'in the session that beginSession returns, none in the module',
  ],
  ['the session of the handle, not the last one', 'the session that it belongs to, not the last one'],
  ['set emptPropMutualAuth only if', 'return the property mutualAuth only if'],
  ['set EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE', "set the flag 'nonDisplayable'"],
  ['set dwMinDataLength and dwMaxDataLength', 'set minLength and maxLength'],
  [
    'keep to MAX_EAP_CONFIG_INPUT_FIELD_LENGTH and MAX_EAP_CONFIG_INPUT_FIELD_VALUE_LENGTH',
    'keep labels to 256 characters and values to 1,024',
  ],
  [
    'look at credType before you read credData, which is a union',
    'look at the type of the credential before you read it',
  ],
  ['each field of EAP_INTERACTIVE_UI_DATA', 'each field'],
  ['with EAP_FLAG_MACHINE_AUTH', "with the flag 'machineAuth'"],
  [
    'allocate a new blob where *pdwUserBlobSize has not room for it; write nothing behind the old one',
    'return a new blob, as long as it has to be',
  ],
  ['an EapAttributes with dwNumberOfAttributes 0 and pAttribs NULL', 'an empty array of attributes'],
  ['make eatVendorSpecific of', 'make the attribute vendorSpecific of'],
  ['in the attribute eatEMSK', 'as the attribute emsk'],
  ['export as eatPeerId', 'return as the attribute peerId'],
  ['export as eatServerId', 'return as the attribute serverId'],
  ['unless the method is done and was content', 'unless the method has come to its end with success'],
  ['for EapPeerMethodResultUnknown', "for the reason 'unknown'"],
  ['set fIsSuccess to FALSE', 'return isSuccess: false'],
  ['set fIsSuccess', 'return isSuccess: true'],
  ['where fIsSuccess is FALSE', 'where isSuccess is false'],
  ['set dwFailureReasonCode', 'set failureReasonCode'],
  ['set dwFailureReason', 'set failureReasonCode'],
  ['dwMaxSendPacketSize', 'maxSendPacketSize'],
  ['EAP_FLAG_NON_INTERACTIVE', "the flag 'nonInteractive'"],
  ['EAP_FLAG_SUPRESS_UI', "the flag 'suppressUi'"],
  ['pAttributeArray', 'attributes'],
  ['EapMethodAuthenticatorUpdateInnerMethodParams', 'updateInnerMethodParams'],
  ['EapMethodAuthenticatorBeginSession', 'authenticator.beginSession'],
  ['EapMethodAuthenticatorSetAttributes', 'setAttributes'],
  ['EapMethodAuthenticatorEndSession', 'end()'],
  ['EapPeerInvokeInteractiveUI', 'showInteractiveUi'],
  ['EapPeerSetResponseAttributes', 'setResponseAttributes'],
  ['EapPeerCredentialsXml2Blob', 'credentialsXmlToBlob'],
  ['EapPeerConfigXml2Blob', 'configXmlToBlob'],
  ['EapPeerGetResponsePacket', "the step 'send'"],
  ['EapPeerSetCredentials', 'setCredentials'],
  ['EapPeerBeginSession', 'peer.beginSession'],
  ['EapPeerSetUIContext', 'setUiContext'],
  ['EapPeerGetIdentity', 'getIdentity'],
  ['EapPeerEndSession', 'end()'],
  ['EapPeerGetResult', 'getResult'],
  ['Identifier that SendPacket is', 'Identifier that sendPacket is'],
  ['what BeginSession has', 'what beginSession has'],
  ['attributes in attributes', 'attributes'],
];

/** A case as the author of a method in TypeScript reads it. */
export function forScript<Facts extends CaseFacts>(facts: Facts): Facts {
  const { id, title, remedy } = facts;
  if (shims.test(id)) return { ...facts, remedy: shimsRemedy };
  return { ...facts, title: inScript(title), remedy: own[id] ?? inScript(remedy) };
}

const inScript = (text: string): string =>
  words.reduce((sentence, [windows, script]) => sentence.replaceAll(windows, script), text);
