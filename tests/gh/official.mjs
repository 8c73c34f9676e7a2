// GitHub's own parser of workflows and actions, and its own evaluator of expressions, as one bundle.
// esbuild makes official.bundle.mjs of this file, since the parser imports JSON in a way that Node refuses.
// Everything else imports the bundle.
export { data, Evaluator, Lexer, Parser } from '@actions/expressions';
export {
  convertWorkflowTemplate, isMapping, isSequence, NoOperationTraceWriter, parseWorkflow,
} from '@actions/workflow-parser';
export { parseAction } from '@actions/workflow-parser/actions/action-parser';
export { convertToIfCondition } from '@actions/workflow-parser/model/converter/if-condition';
