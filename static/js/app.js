/* The module every page loads: what all pages share, then the custom elements. */
import "./lib/htmx.js";
import "./lib/overlays.js";
import "./lib/theme.js";
import "./lib/tabs.js";
import "./lib/keys.js";
import "./lib/clocks.js";
import "./lib/remember.js";
import { settleToasts } from "./lib/toast.js";

settleToasts();
