import tseslint from 'typescript-eslint';

/** Time, chance and the process belong to few files (ARCHITECTURE.md, invariants); everything else is handed them. */
const ambient = [
  { name: 'setTimeout', message: 'Use Clock.arm or sleep.' },
  { name: 'setInterval', message: 'Use Clock.arm or sleep.' },
  { name: 'performance', message: 'Use Clock.now.' },
];
const ambientCalls = [
  { object: 'Date', property: 'now', message: 'Use Clock.wall.' },
  { object: 'Math', property: 'random', message: 'Use Rng.' },
  { object: 'AbortSignal', property: 'timeout', message: 'Use deadline().' },
];

export default tseslint.config(
  { ignores: ['build/', 'reports/', 'node_modules/', '.tap/', 'src/**/*.generated.ts'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', '.dependency-cruiser.js', 'scripts/*.js'] } },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration, TSModuleDeclaration', message: 'No enums and namespaces.' },
        { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
        { selector: 'ExportAllDeclaration', message: 'No export *.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use Clock.wall.' },
      ],
      'no-restricted-globals': ['error', ...ambient],
      'no-restricted-properties': ['error', ...ambientCalls],
      'no-console': 'error',
    },
  },
  {
    files: ['src/base/clock-real.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**', 'benchmarks/**'],
    // A tap subtest is a promise that tap itself waits for.
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['*.js', 'scripts/**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-globals': 'off', 'no-console': 'off' },
  },
);
