// What each option of a public function may be by its declaration, as the TypeScript compiler reads it. Tests' thread.

import { fileURLToPath } from 'node:url';
import { SyntaxKind, type Node } from 'typescript/unstable/ast';
import {
  isArrayLiteralExpression,
  isIdentifier,
  isPropertyAssignment,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import { API, type Type } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** For each case of a table: each option, and which of the values its type admits, in their order. */
export type AdmittedValues = ReadonlyMap<string, ReadonlyMap<string, readonly boolean[]>>;

function* within(node: Node): Generator<Node> {
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) {
    yield child;
    yield* within(child);
  }
}

/**
 * Reads a test file: its array `values`, and its tables of `name: [option, (o) => …]`, in which the type that is expected
 * where `o` is passed has the options.
 */
export function admittedValues(path: string): AdmittedValues {
  const api = new API({ cwd: root });
  try {
    const project = api
      .updateSnapshot({ openProject: `${root}tsconfig.json` })
      .getProject(`${root}tsconfig.json`);
    const source = project?.program.getSourceFile(`${root}${path}`);
    if (project === undefined || source === undefined) throw new Error(`${path} is not in the project`);
    const { checker } = project;
    const nodes = [...within(source)];
    const list = nodes.find((node) => isVariableDeclaration(node) && node.name.getText() === 'values');
    const array = list && [...within(list)].find((node) => isArrayLiteralExpression(node));
    if (array === undefined || !isArrayLiteralExpression(array)) throw new Error(`${path} has no values`);
    const values = array.elements.map((element) => checker.getTypeAtLocation(element)!);
    const optionsOf = (type: Type): Map<string, readonly boolean[]> => {
      const options = new Map<string, readonly boolean[]>([
        ['', values.map((value) => checker.isTypeAssignableTo(value, type))],
      ]);
      for (const member of type.isUnionType() ? type.getTypes() : [type]) {
        const isRecord = member.isObjectType() || member.isIntersectionType();
        if (!isRecord || checker.getPropertyOfType(member, 'byteLength') !== undefined) continue;
        for (const option of checker.getPropertiesOfType(member)) {
          const own = checker.getTypeOfSymbol(option)!;
          const before = options.get(option.name);
          options.set(
            option.name,
            values.map((value, at) => before?.[at] === true || checker.isTypeAssignableTo(value, own)),
          );
        }
      }
      return options;
    };
    const all = new Map<string, ReadonlyMap<string, readonly boolean[]>>();
    for (const node of nodes) {
      if (!isPropertyAssignment(node) || !isArrayLiteralExpression(node.initializer)) continue;
      const given = [...within(node.initializer)].find(
        (each) => isIdentifier(each) && each.text === 'o' && each.parent.kind !== SyntaxKind.Parameter,
      );
      if (given === undefined || !isIdentifier(given)) continue;
      const type = checker.getContextualType(given);
      if (type !== undefined) all.set(node.name.getText().replaceAll("'", ''), optionsOf(type));
    }
    return all;
  } finally {
    api.close();
  }
}
