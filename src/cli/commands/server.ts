import { type Command, Option } from "commander";
import { DATA_CLASSES, ROLES, SCOPES } from "../../access/principal.ts";
import { run, wholeNumberUpTo, withData, withListening } from "./options.ts";

/** What runs and what it serves. */
export function serverCommands(root: Command): void {
  withListening(withData(root.command("serve").description("run console, API and gateway"))).action(
    run(async (options) => (await import("../serve.ts")).serve(options)),
  );
  withListening(withData(root.command("sign-in").description("make another link to sign in to the console"))).action(
    run(async (options) => (await import("../sign-in.ts")).signIn(options)),
  );
  withData(root.command("deploy").description("bind a model server to a ticket, so that the gateway serves it"))
    .argument("[ticket]", "the model: its files, a digest, the beginning of one, an alias, or the leaf hash of a ticket")
    .option("--upstream <url>", "where the model server answers: http://127.0.0.1:8080")
    .option("--name <name>", "what clients ask for as model")
    .option("--model <name>", "what the model server calls it, where that is another name")
    .option("--engine <name>", "which engine serves it: llama.cpp, vllm, ollama …")
    .option("--engine-version <version>", "and in which version")
    .option("--list", "what is deployed")
    .option("--withdraw <name>", "end a deployment")
    .option("--reason <text>", "why it ends")
    .option("--json", "one JSON object a line")
    .action(run(async (id, options) => (await import("../deploy.ts")).deployCommand(id, options)));
  tokenCommands(root);
}

function tokenCommands(root: Command): void {
  const token = root.command("token").description("tokens for the gateway and the API");
  const load = () => import("../token.ts");
  withData(token.command("create").description("make a token; its secret is printed once"))
    .requiredOption("--name <text>", "what it is for (required)")
    .addOption(new Option("--scope <scope...>", "what it is for: infer, the gateway; api, the API").choices(SCOPES).default(["infer"]))
    .addOption(new Option("--role <role...>", "what it may do with the API; needed there").choices(ROLES))
    .option("--team <name>", "whose calls they are")
    .option("--deployment <name...>", "only these deployments (default: all)")
    .addOption(
      new Option("--data-class <class>", "the most confidential data that it may send; calls name theirs in x-weighbridge-data-class")
        .choices(DATA_CLASSES)
        .default("internal"),
    )
    .option("--requests-per-minute <n>", "at most", wholeNumberUpTo(1_000_000))
    .option("--tokens-per-day <n>", "tokens of models, at most", wholeNumberUpTo(1_000_000_000_000))
    .option("--days <n>", "how long it lasts", wholeNumberUpTo(366), 30)
    .option("--json", "one JSON object")
    .action(run(async (options) => (await load()).tokenCreate(options)));
  withData(token.command("list").description("every token, without secrets").option("--json", "one JSON object a line")).action(
    run(async (options) => (await load()).tokenList(options)),
  );
  withData(token.command("revoke").description("end a token").argument("<id>", "as token list tells it, or the secret")).action(
    run(async (id, options) => (await load()).tokenRevoke(id, options)),
  );
}
