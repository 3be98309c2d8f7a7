/* Behaviour every page has. Maps, sockets and the courier's page load their own modules. */
import "./theme.js";
import "./menu.js";
import "./forms.js";
import "./ago.js";
