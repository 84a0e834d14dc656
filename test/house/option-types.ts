// What each option of a public function may be by its declaration, as the TypeScript compiler reads it. Tests' thread.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SyntaxKind, type Node } from 'typescript/unstable/ast';
import {
  isArrayLiteralExpression,
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isPropertyAssignment,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import {
  API,
  SignatureKind,
  SymbolFlags,
  type Checker,
  type Project,
  type Signature,
  type Symbol,
  type Type,
} from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** For each case of a table: each option, and which of the values its type admits, in their order. */
export type AdmittedValues = ReadonlyMap<string, ReadonlyMap<string, readonly boolean[]>>;

/** What a test file with tables of cases is measured by. */
export interface OptionTypes {
  readonly admitted: AdmittedValues;
  /** `FUNCTION(PARAMETER)` of everything that the package exports and that takes options. */
  readonly parameters: readonly string[];
  /** Those among them that no case passes its options to. */
  readonly missing: readonly string[];
}

/** Types with optional fields that are no options: what the package itself gives, and what names a method. */
const noOptions = new Set(['CaseResult', 'EapConfigProvider', 'EapErrorDetails', 'MethodType']);

function* within(node: Node): Generator<Node> {
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) {
    yield child;
    yield* within(child);
  }
}

/** The package's functions with options, by the types of what its entries export. */
class PublicFunctions {
  readonly #project: Project;
  readonly #checker: Checker;
  /** Labels by declaration and position. */
  readonly parameters = new Map<string, string>();

  constructor(project: Project) {
    this.#project = project;
    this.#checker = project.checker;
    const { exports }: { exports: Readonly<Record<string, string | { readonly types: string }>> } =
      JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    for (const entry of Object.values(exports)) {
      if (typeof entry === 'string') continue;
      const file = entry.types.replace(/^\.\/dist\/(.*)\.d\.ts$/u, `${root}$1.ts`);
      const module = this.#checker.getSymbolAtLocation(project.program.getSourceFile(file)!)!;
      for (const exported of this.#checker.getExportsOfModule(module)) {
        const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
        this.#add(exported.name, isAlias ? this.#checker.getAliasedSymbol(exported) : exported);
      }
    }
  }

  /** The parameter that is the argument of a call or of `new`. */
  at(call: Node, argument: Node): string | undefined {
    if (!isCallExpression(call) && !isNewExpression(call)) return undefined;
    const signature = this.#checker.getResolvedSignature(call);
    const position = call.arguments?.indexOf(argument as never) ?? -1;
    return signature && this.parameters.get(this.#key(signature, position));
  }

  #key({ declaration }: Signature, position: number): string {
    return `${declaration?.path}:${declaration?.index}:${position}`;
  }

  /** A function, or the functions of a class or of an object that holds some. */
  #add(name: string, symbol: Symbol): void {
    const type = symbol.valueDeclaration && this.#checker.getTypeOfSymbol(symbol);
    if (type === undefined) return;
    this.#addCalls(name, type, SignatureKind.Call);
    const made = this.#checker.getSignaturesOfType(type, SignatureKind.Construct);
    this.#addCalls(name, type, SignatureKind.Construct);
    const instance = made[0] && this.#checker.getReturnTypeOfSignature(made[0]);
    for (const holder of instance === undefined ? [type] : [type, instance]) {
      for (const member of this.#checker.getPropertiesOfType(holder)) {
        if (!this.#isOurs(member) || member.name.startsWith('__#')) continue;
        const own = this.#checker.getTypeOfSymbol(member);
        const holdsFunctions = own?.getSymbol()?.name === '__object' && instance === undefined;
        if (holdsFunctions) this.#add(`${name}.${member.name}`, member);
        else if (own) this.#addCalls(`${name}.${member.name}`, own, SignatureKind.Call);
      }
    }
  }

  #addCalls(name: string, type: Type, kind: SignatureKind): void {
    for (const signature of this.#checker.getSignaturesOfType(type, kind)) {
      const node = signature.declaration?.resolve(this.#project);
      if (node !== undefined && isHidden(node)) continue;
      for (const [position, { name: parameter }] of signature.getParameters().entries()) {
        const given = this.#checker.getParameterType(signature, position);
        if (given === undefined || !this.#recordsOf(given).some((each) => this.#isOptions(each))) continue;
        this.parameters.set(this.#key(signature, position), `${name}(${parameter})`);
      }
    }
  }

  /** A field that a binding pattern gives a parameter has no declaration. */
  #isOurs({ declarations }: Symbol): boolean {
    if (declarations.length === 0) return true;
    return declarations.some(({ path }) => path.toLowerCase().startsWith(`${root}lib/`.toLowerCase()));
  }

  /** The objects among what a type admits. */
  #recordsOf(given: Type): readonly Type[] {
    const type = given.isTypeParameter() ? this.#checker.getBaseConstraintOfType(given) : given;
    const members = type?.isUnionType() === true ? type.getTypes() : type === undefined ? [] : [type];
    return members.filter((each) => each.isObjectType() || each.isIntersectionType());
  }

  #isOptions(type: Type): boolean {
    const names = [type.getSymbol()?.name, type.getAliasSymbol()?.name];
    if (((type.getSymbol()?.flags ?? 0) & SymbolFlags.Class) !== 0) return false;
    if (names.some((name) => name !== undefined && noOptions.has(name))) return false;
    return this.#checker
      .getPropertiesOfType(type)
      .some((field) => (field.flags & SymbolFlags.Optional) !== 0 && this.#isOurs(field));
  }
}

/** Whether a declaration is not for users of the package. */
function isHidden(node: Node): boolean {
  const [text, full] = [node.getText(), node.getFullText()];
  return /^(?:private|protected)\b/u.test(text) || full.slice(0, -text.length).includes('@internal');
}

/**
 * Reads a test file: its array `values`, and its tables of `name: [option, (o) => …]`, in which the type that is expected
 * where `o` is passed has the options.
 */
export function optionTypes(path: string): OptionTypes {
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
    const functions = new PublicFunctions(project);
    const parameters = new Set(functions.parameters.values());
    const missing = new Set(parameters);
    const admitted = new Map<string, ReadonlyMap<string, readonly boolean[]>>();
    for (const node of nodes) {
      if (!isPropertyAssignment(node) || !isArrayLiteralExpression(node.initializer)) continue;
      const given = [...within(node.initializer)].find(
        (each) => isIdentifier(each) && each.text === 'o' && each.parent.kind !== SyntaxKind.Parameter,
      );
      if (given === undefined || !isIdentifier(given)) continue;
      const type = checker.getContextualType(given);
      if (type !== undefined) admitted.set(node.name.getText().replaceAll("'", ''), optionsOf(type));
      missing.delete(functions.at(given.parent, given) ?? '');
    }
    return { admitted, parameters: [...parameters], missing: [...missing] };
  } finally {
    api.close();
  }
}
