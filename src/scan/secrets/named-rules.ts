/** Credentials without a mark of their own: the name in front of them tells what they are. */
export interface NamedRule {
  readonly id: string;
  readonly name: string;
  /** The end of what stands before the value, quotes and signs of assignment left out. */
  readonly before: RegExp;
  readonly value: RegExp;
}

/** Services that trainers of models use. Sources: their own documentation of the setting, and gitleaks' rules of the same names. */
export const NAMED_RULES: readonly NamedRule[] = [
  {
    id: "wandb-api-key",
    name: "a Weights & Biases API key",
    before: /wandb[_.-]?api[_.-]?key$|wandb login(?: --relogin)?$|wandb\.login\(key$/i,
    value: /^[0-9a-f]{40}$/,
  },
  {
    id: "aws-secret-key",
    name: "an AWS secret key",
    before: /aws[_.-]?secret(?:[_.-]?access)?[_.-]?key$|secretaccesskey$/i,
    value: /^[0-9A-Za-z+/]{40}$/,
  },
  {
    id: "azure-openai-key",
    name: "an Azure OpenAI key",
    before: /azure[_.-]?openai[_.-]?(?:api[_.-]?)?key$/i,
    value: /^(?:[0-9a-f]{32}|[0-9A-Za-z]{84})$/,
  },
  { id: "cohere-api-token", name: "a Cohere API key", before: /co(?:here)?[_.-]?api[_.-]?key$/i, value: /^[0-9A-Za-z]{40}$/ },
  { id: "mistral-api-key", name: "a Mistral API key", before: /mistral[_.-]?api[_.-]?key$/i, value: /^[0-9A-Za-z]{32}$/ },
  { id: "kaggle-key", name: "a Kaggle API key", before: /kaggle[_.-]?key$/i, value: /^[0-9a-f]{32}$/ },
  { id: "comet-api-key", name: "a Comet API key", before: /comet(?:[_.-]?ml)?[_.-]?api[_.-]?key$/i, value: /^[0-9A-Za-z]{25}$/ },
];
