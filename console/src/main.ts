import { mount } from "svelte";
import App from "./App.svelte";
import { account } from "./account.svelte.ts";
import { singleKeys } from "./keys.svelte.ts";
import { clock } from "./live/clock.svelte.ts";
import { connection } from "./live/connection.svelte.ts";
import { router } from "./routing/router.svelte.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import { theme } from "./theme.svelte.ts";
import { seizeSecret } from "./words/sign-in.ts";

seizeSecret();
theme.start();
singleKeys.start();
clock.start();
connection.watch();
router.listen();
void account.start();

const target = document.getElementById("app");
if (target !== null) mount(App, { target });
