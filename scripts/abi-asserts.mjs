// Writes C++ that asserts, at compile time, every number of native/abi/eaphost-abi.json, or of another such file, against
// native/abi/*.h: sizes, alignments, offsets, enum values, constants, function types, bytes on the x86 stack.
// Usage: node scripts/abi-asserts.mjs OUT.cc [ABI.json]      (OUT may be - for standard output)

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Types that the SDK spells in another way than native/abi does. */
const spelling = new Map([
  ['PBYTE', 'BYTE*'],
  ['PVOID', 'void*'],
  ['VOID*', 'void*'],
  ['VOID**', 'void**'],
  ['LPVOID', 'void*'],
  ['LPVOID*', 'void**'],
  ['UINT32', 'std::uint32_t'],
  ['ULONG_PTR', 'std::uintptr_t'],
  ['__int3264', 'std::intptr_t'],
  ['__int3264*', 'std::intptr_t*'],
  ['CONST WCHAR*', 'const WCHAR*'],
]);
const cppType = (type) => spelling.get(type) ?? type;

/** Base types: name → { size on x64, size on x86 }. */
function baseTypeAsserts(types) {
  return Object.entries(types).flatMap(([name, facts]) => {
    const type = cppType(name);
    const size = `sizeof(void*) == 8 ? ${facts.size ?? facts.size_x64} : ${facts.size ?? facts.size_x86}`;
    return [
      `static_assert(sizeof(${type}) == (${size}), "sizeof ${name}");`,
      ...(facts.align ? [`static_assert(alignof(${type}) == ${facts.align}, "alignof ${name}");`] : []),
      ...(facts.signed ? [`static_assert(std::is_signed_v<${type}>, "${name} is signed");`] : []),
    ];
  });
}

function structAsserts(structs, arch) {
  return Object.entries(structs).flatMap(([name, struct]) => {
    const { size, align, fields } = struct[arch];
    return [
      `static_assert(sizeof(${name}) == ${size}, "sizeof ${name}");`,
      `static_assert(alignof(${name}) == ${align}, "alignof ${name}");`,
      ...struct.aliases.map((alias) => `static_assert(std::is_same_v<${alias}, ${name}>, "${alias}");`),
      ...fields.flatMap((field) => [
        `static_assert(offsetof(${name}, ${field.name}) == ${field.offset}, "offset of ${name}.${field.name}");`,
        `static_assert(sizeof(${name}::${field.name}) == ${field.size}, "size of ${name}.${field.name}");`,
      ]),
    ];
  });
}

function enumAsserts(enums) {
  return Object.entries(enums).flatMap(([name, facts]) => [
    `static_assert(sizeof(${name}) == ${facts.size}, "sizeof ${name}");`,
    ...facts.aliases.map((alias) => `static_assert(std::is_same_v<${alias}, ${name}>, "${alias}");`),
    ...Object.entries(facts.members).map(
      ([member, value]) => `static_assert(static_cast<std::int32_t>(${member}) == ${value}, "${member}");`,
    ),
  ]);
}

function guid(text) {
  const [a, b, c, d, e] = text.split('-');
  const tail = (d + e).match(/../g).map((byte) => `0x${byte}`);
  return `GUID{0x${a}, 0x${b}, 0x${c}, {${tail.join(', ')}}}`;
}

function constantAsserts(constants) {
  return Object.entries(constants).map(([name, { kind, value }]) => {
    if (kind === 'int') return `static_assert(${name} == DWORD{${value >>> 0}u}, "${name}");`;
    if (kind === 'guid') return `static_assert(${name} == ${guid(value)}, "${name}");`;
    if (kind === 'string') {
      return `static_assert(std::u16string_view(${name}) == u${JSON.stringify(value)}, "${name}");`;
    }
    throw new Error(`${name}: a constant of the unknown kind ${kind}`);
  });
}

/** Every function of the file that has a prototype, whether exported or reached through a routine table. */
function functionAsserts(file, arch) {
  const inTables = Object.values(file.method_routine_tables).flat();
  const tableMembers = new Set(inTables.map((routine) => routine.member));
  const all = [
    ...file.functions.filter((fn) => fn.parameters && !tableMembers.has(fn.name)),
    ...inTables.map((routine) => Object.assign({ name: routine.member }, routine)),
  ];
  const asserts = all.flatMap((fn) => {
    const convention = fn.calling_convention?.startsWith('unspecified') ? '' : 'EAPHOST_STDCALL';
    const types = fn.parameters.map((parameter) => cppType(parameter.type));
    const signature = `${cppType(fn.return_type)} ${convention}(${types.join(', ')})`;
    const lines = [`static_assert(std::is_same_v<${fn.name}Fn, ${signature}>, "${fn.name}");`];
    if (arch === 'x86' && fn.x86_stack_bytes !== undefined && fn.dll) {
      const sum = types.map((type) => `StackBytes<${type}>`).join(' + ') || '0';
      lines.push(`static_assert(${sum} == ${fn.x86_stack_bytes}, "stack bytes of ${fn.name}");`);
    }
    return lines;
  });
  for (const [table, routines] of Object.entries(file.method_routine_tables)) {
    for (const { member } of routines) {
      asserts.push(
        `static_assert(std::is_same_v<decltype(${table}::${member}), ${member}Fn*>, "${member}");`,
      );
    }
  }
  for (const callback of file.callbacks) {
    const types = callback.parameters.map((parameter) => cppType(parameter.type)).join(', ');
    asserts.push(
      `static_assert(std::is_same_v<${callback.name}, void(EAPHOST_STDCALL*)(${types})>, "${callback.name}");`,
    );
  }
  return asserts;
}

/** The whole translation unit, and how many assertions one compilation of it checks. */
export function abiAsserts(file) {
  const common = [
    ...baseTypeAsserts(file.base_types),
    ...enumAsserts(file.enums),
    ...constantAsserts(file.constants),
  ];
  const arch = { x64: [], x86: [] };
  for (const name of Object.keys(arch)) {
    arch[name] = [...structAsserts(file.structs, name), ...functionAsserts(file, name)];
  }
  const headers = file.headers ?? ['native/abi/constants.h', 'native/abi/functions.h'];
  const text = `// Generated by scripts/abi-asserts.mjs.
#include <cstddef>
#include <string_view>
#include <type_traits>

${headers.map((header) => `#include "${header}"`).join('\n')}

namespace eaphost::abi {
template <typename T>
inline constexpr std::size_t StackBytes = (sizeof(T) + 3) / 4 * 4;

${common.join('\n')}
#if UINTPTR_MAX == UINT64_MAX
${arch.x64.join('\n')}
#else
${arch.x86.join('\n')}
#endif
}  // namespace eaphost::abi
`;
  return { text, count: { x64: common.length + arch.x64.length, x86: common.length + arch.x86.length } };
}

/** The same of the structures, enumerations and constants against a compiler's own headers, as far as they have them. */
export function headerAsserts(file, headers) {
  const has = ([name]) => !file.not_in_mingw.includes(name);
  const those = (facts) => Object.fromEntries(Object.entries(facts).filter(has));
  const enums = Object.entries(those(file.enums)).map(([name, facts]) => [
    name,
    { ...facts, members: those(facts.members) },
  ]);
  const common = [...enumAsserts(Object.fromEntries(enums)), ...constantAsserts(those(file.constants))];
  return `// Generated by scripts/abi-asserts.mjs.
#include <cstddef>
#include <cstdint>
#include <type_traits>

${headers.map((header) => `#include <${header}>`).join('\n')}

${common.join('\n')}
#if UINTPTR_MAX == UINT64_MAX
${structAsserts(those(file.structs), 'x64').join('\n')}
#else
${structAsserts(those(file.structs), 'x86').join('\n')}
#endif
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const source = process.argv[3] ?? new URL('../native/abi/eaphost-abi.json', import.meta.url);
  const { text, count } = abiAsserts(JSON.parse(readFileSync(source, 'utf8')));
  const out = process.argv[2] ?? '-';
  if (out === '-') process.stdout.write(text);
  else writeFileSync(out, text);
  process.stderr.write(`${count.x64} assertions on 64 bits, ${count.x86} on 32 bits\n`);
}
