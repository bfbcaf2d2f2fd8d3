// Makes elements and changes them, and only what has changed. Text is text: nothing here reads markup.
"use strict";
(function (knockon) {
    const SVG = "http://www.w3.org/2000/svg";
    const LAST = Symbol("last");

    function filled(element, attributes, children) {
        for (const [name, value] of Object.entries(attributes)) put(element, name, value);
        element.append(...children);
        return element;
    }

    /** An HTML element with attributes and children; strings become text. */
    function html(tag, attributes = {}, ...children) {
        return filled(document.createElement(tag), attributes, children);
    }

    /** An SVG element. */
    function svg(tag, attributes = {}, ...children) {
        return filled(document.createElementNS(SVG, tag), attributes, children);
    }

    /** Gives an attribute a value; null takes it away. Does nothing if it is the value that it was given last. */
    function put(element, name, value) {
        const last = (element[LAST] ??= {});
        if (last[name] === value) return false;
        last[name] = value;
        if (value === null || value === undefined || value === false) element.removeAttribute(name);
        else element.setAttribute(name, value === true ? "" : String(value));
        return true;
    }

    /** Gives an element that has nothing else a text. The node that it had changes: a new one would have to be laid out anew. */
    function write(element, text) {
        const last = (element[LAST] ??= {});
        if (last.text === text) return false;
        last.text = text;
        if (element.firstChild === null) element.append(text);
        else element.firstChild.data = text;
        return true;
    }

    /** A button with a label that is read and shown. */
    function button(label, act, attributes = {}) {
        const made = html("button", { type: "button", ...attributes }, label);
        made.addEventListener("click", act);
        return made;
    }

    /** A small picture in the color of the text. */
    function icon(path) {
        return svg("svg", { width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": "true" }, svg("path", { d: path, fill: "currentColor" }));
    }

    /** A button with a picture, and a label that is read and shown on hover. */
    function picture_button(label, path, act) {
        const made = html("button", { type: "button", "aria-label": label, title: label }, icon(path));
        made.addEventListener("click", act);
        return made;
    }

    /** A choice among `[value, label]`. */
    function choice(label, options, chosen, act) {
        const select = html("select", {}, ...options.map(([value, text]) => html("option", { value }, text)));
        select.value = chosen;
        select.addEventListener("change", () => act(select.value));
        return html("label", { class: "choice" }, html("span", {}, label), select);
    }

    /** A text that leads to what a word means, if the page has that word. */
    function term(text, word) {
        return defined(text, `word-${word.replace(/[^A-Za-z0-9]/g, "-")}`);
    }

    /** A text that the element with this id defines; as it is if there is none. */
    function defined(text, id) {
        return document.getElementById(id) === null ? text : html("a", { class: "term", href: `#${id}`, "aria-describedby": id }, text);
    }

    /** The head of a table: its columns, each a text and the word that says what it is. */
    function head(columns) {
        return html("thead", {}, html("tr", {}, ...columns.map(([text, word]) => html("th", { scope: "col" }, term(text, word)))));
    }

    knockon.dom = { html, svg, put, write, button, icon, picture_button, choice, term, defined, head };
})((globalThis.knockon ??= {}));
