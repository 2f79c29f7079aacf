using System.Text;

namespace FineTuneFlow.Core.Datasets;

/// <summary>What the name of a column says about its values. A name is looked at word by word: <c>airline_sentiment</c>,
/// <c>airlineSentiment</c> and <c>Airline Sentiment</c> are the same two words, of which the last one says what it is.</summary>
internal static class ColumnName
{
    private static readonly HashSet<string> Scale =
    [
        "star", "stars", "rating", "ratings", "score", "scores", "grade", "grades", "overall", "points", "stage", "severity", "priority",
        "urgency", "level", "likert", "nps", "satisfaction", "polarity", "quality", "rank", "bewertung", "note", "sterne",
    ];

    private static readonly HashSet<string> Classes =
    [
        "topic", "topics", "category", "categories", "class", "classes", "intent", "intents", "type", "kind", "cluster", "group", "id",
        "code", "department", "subject", "genre", "tag", "theme", "language", "author", "source",
    ];

    private static readonly HashSet<string> Labels =
    [
        "label", "labels", "sentiment", "intent", "category", "class", "topic", "emotion", "rating", "stars", "star", "score", "polarity", "target",
        "suggestion", "recommended", "recommend", "recommendation", "recommends", "verdict", "spam", "toxic", "toxicity", "hate", "sarcasm", "sarcastic",
        "stance", "mood", "department", "tag", "genre", "annotation", "severity", "priority", "urgency", "intention", "offensive", "humor",
    ];

    private static readonly HashSet<string> Others =
    [
        "id", "ids", "uuid", "guid", "key", "hash", "date", "time", "timestamp", "datetime", "year", "month", "day", "weekday", "hour", "created", "updated",
        "modified", "user", "username", "author", "name", "reviewer", "customer", "shop", "store", "brand", "seller", "vendor", "company", "airline", "app", "package",
        "product", "item", "asin", "version", "url", "link", "count", "num", "number", "votes", "likes", "helpful", "helpfulness", "views", "retweets", "followers", "length",
        "size", "price", "amount", "cost", "quantity", "lang", "language", "country", "city", "state", "region", "location", "locale", "source", "platform",
        "device", "os", "browser", "split", "fold", "partition", "subset", "index", "row", "page", "line", "ip", "email", "phone", "zip", "age", "gender", "timezone", "coord",
        "confidence", "prob", "probability", "gold", "title", "unnamed",
    ];

    private static readonly HashSet<string> Measures = ["count", "num", "number", "votes", "likes", "views", "length", "size", "price", "amount", "cost", "quantity", "age", "helpful", "state", "service"];

    private static readonly HashSet<string> Texts =
    [
        "text", "texts", "review", "reviews", "body", "content", "comment", "comments", "message", "tweet", "sentence", "question", "utterance", "query", "description", "post",
        "document", "prompt", "input", "feedback", "complaint", "narrative", "abstract", "article", "story", "email", "mail", "request", "statement", "phrase", "transcript",
    ];

    /// <summary>Whether tables of texts usually have a column of that name.</summary>
    public static bool IsKnown(string column) =>
        Words(column) is { Count: > 0 and <= 4 } words
        && words.Any(word => Labels.Contains(word) || Others.Contains(word) || Texts.Contains(word) || Scale.Contains(word) || Classes.Contains(word));

    public static bool SpeaksOfScale(string column) => Words(column).Any(Scale.Contains) && !SpeaksOfClasses(column);

    public static bool SpeaksOfClasses(string column) => Words(column).Any(Classes.Contains);

    /// <summary>What a table is asked about: <c>airline_sentiment</c>, <c>user_suggestion</c>, <c>sentiment_en</c>, <c>is_spam</c>.</summary>
    public static bool SpeaksOfLabels(string column)
    {
        List<string> words = Words(column);
        return words.Count > 0 && !Others.Contains(words[^1]) && (Labels.Contains(words[^1]) || Labels.Contains(words[0]) || words[0] is "is" or "has");
    }

    /// <summary>What tables hold beside text and label: ids, dates, counts, names of users and shops.</summary>
    public static bool SpeaksOfOthers(string column) => Words(column) is { Count: > 0 } words && Others.Contains(words[^1]);

    /// <summary>What is only meant where the values are numbers: a column <c>price</c> of positive and negative is an opinion.</summary>
    public static bool SpeaksOfMeasure(string column) => Words(column) is { Count: > 0 } words && Measures.Contains(words[^1]);

    public static bool SpeaksOfText(string column) => Words(column) is { Count: > 0 } words && Texts.Contains(words[^1]);

    /// <summary>Whether two columns are the halves of a pair: <c>sent_A</c> and <c>sent_B</c>, <c>premise</c> and <c>hypothesis</c>.</summary>
    public static bool ArePair(string one, string other)
    {
        List<string> a = Words(one);
        List<string> b = Words(other);
        bool known = KnownPairs.Any(pair => (a.Contains(pair.One) && b.Contains(pair.Other)) || (a.Contains(pair.Other) && b.Contains(pair.One)));
        return known || (one.Length == other.Length && one.Length > 1 && one[..^1] == other[..^1] && IsOrdinal(one[^1]) && IsOrdinal(other[^1]));
    }

    private static readonly (string One, string Other)[] KnownPairs =
    [
        ("premise", "hypothesis"), ("question", "answer"), ("question", "context"), ("query", "document"), ("query", "passage"), ("anchor", "positive"),
        ("first", "second"), ("source", "target"), ("left", "right"), ("claim", "evidence"), ("headline", "body"), ("question", "sentence"),
    ];

    private static bool IsOrdinal(char c) => c is '1' or '2' or 'a' or 'b' or 'A' or 'B' or '0' or 'x' or 'y';

    /// <summary>The words of a name in lower case: parted by anything but letters and digits, and before capitals.</summary>
    public static List<string> Words(string column)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int i = 0; i < column.Length; i++)
        {
            char c = column[i];
            bool begins = char.IsUpper(c) && i > 0 && char.IsLower(column[i - 1]);
            if (!char.IsLetterOrDigit(c) || begins)
            {
                Take();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(char.ToLowerInvariant(c));
            }
        }

        Take();
        return words;

        void Take()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }
}
