
    // In the place of mdBook's functions of these names, for text without spaces.

    // The text around the first term that it has, from the beginning of its sentence if that is near.
    function makeTeaser(body, searchterms) {
        const BEFORE = 30, LENGTH = 120;
        const terms = elasticlunr.terms(searchterms.join(' ')).map(escapeHTML);
        const folded = elasticlunr.fold(body);
        const places = terms.map(term => folded.indexOf(term)).filter(place => place >= 0);
        const first = Math.min(...places, body.length);
        const near = Math.max(first - BEFORE, 0);
        const sentence = body.lastIndexOf('。', first - 1) + 1;
        const start = places.length === 0 ? 0 : Math.max(near, sentence);
        const end = Math.min(start + LENGTH, body.length);

        let teaser = start === 0 ? '' : '…';
        let place = start;
        while (place < end) {
            const term = terms.find(it => folded.startsWith(it, place));
            // A character of HTML, such as `&lt;`, is not cut.
            const next = term ?? (/^&#?\w+;/.exec(body.slice(place)) ?? body[place])[0];
            const text = body.slice(place, place + next.length);
            teaser += term ? '<em>' + text + '</em>' : text;
            place += next.length;
        }
        return teaser + (place < body.length ? '…' : '');
    }

    function formatSearchMetric(count, searchterm) {
        return count === 0 ? `「${searchterm}」は見つかりませんでした。` : `「${searchterm}」の検索結果：${count}件`;
    }

    // What an input method writes comes without a key for each character.
    searchbar.addEventListener('input', searchbarKeyUpHandler);
