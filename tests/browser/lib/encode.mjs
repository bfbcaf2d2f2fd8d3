// Writes series as the page embeds them: an oracle of the reader in series.js, and what makes up large runs.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function number(value) {
    let rest = value < 0 ? -value * 2 + 1 : value * 2;
    let text = "";
    do {
        const digit = rest % 32;
        rest = Math.floor(rest / 32);
        text += ALPHABET[rest > 0 ? digit + 32 : digit];
    } while (rest > 0);
    return text;
}

/** `values` as multiples of `step`; with `gaps`, null stands for none. */
export function encode(values, step = 1, gaps = false) {
    const multiples = values.map((value) => (gaps ? (value === null ? 0 : Math.round(value / step) + 1) : Math.round(value / step)));
    let text = "";
    let before = 0;
    for (let i = 0; i < multiples.length; i += 1) {
        text += number(multiples[i] - before);
        before = multiples[i];
        let again = 0;
        while (multiples[i + again + 1] === before) again += 1;
        if (again > 1) {
            text += `*${number(again)}`;
            i += again;
        }
    }
    return gaps ? [step, text, 1] : [step, text];
}
