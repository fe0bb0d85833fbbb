/** The codes of all errors that the sources raise, read from the types: what a property or parameter named `code` can be. */

import ts from 'typescript';
import { projectPath } from '../helpers/vectors.ts';

/** In kebab-case, sorted. Codes of SMP are numbers or in capitals, and Node's are in capitals. */
export function raisedCodes(): readonly string[] {
  const root = projectPath('.');
  const { config } = ts.readConfigFile(projectPath('tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { fileNames, options } = ts.parseJsonConfigFileContent({ ...config, include: ['src/**/*.ts'] }, ts.sys, root);
  const program = ts.createProgram(fileNames, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  const note = (node: ts.Expression): void => {
    for (const value of literalsOf(checker.getTypeAtLocation(node)))
      if (/^[a-z]+(-[a-z0-9]+)+$|^cancelled$|^deadlock$|^usage$/.test(value)) found.add(value);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') note(node.initializer);
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments?.some(canBeCode) === true) noteArguments(node);
    ts.forEachChild(node, visit);
  };
  const noteArguments = (call: ts.CallExpression | ts.NewExpression): void => {
    const parameters = checker.getResolvedSignature(call)?.parameters ?? [];
    parameters.forEach(({ name }, index) => {
      const argument = call.arguments?.[index];
      if (name === 'code' && argument !== undefined) note(argument);
    });
  };
  for (const file of program.getSourceFiles()) if (fileNames.includes(file.fileName)) visit(file);
  return [...found].sort();
}

/** Spares the compiler the calls whose arguments are of other kinds, which are most. */
function canBeCode(argument: ts.Expression): boolean {
  const others = [ts.isArrowFunction, ts.isObjectLiteralExpression, ts.isArrayLiteralExpression, ts.isTemplateLiteral, ts.isNumericLiteral];
  return !others.some((is) => is(argument));
}

function literalsOf(type: ts.Type): readonly string[] {
  if (type.isUnion()) return type.types.flatMap(literalsOf);
  return type.isStringLiteral() ? [type.value] : [];
}
