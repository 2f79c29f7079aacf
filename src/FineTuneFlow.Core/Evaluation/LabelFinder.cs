using System.Text.RegularExpressions;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Finds which label a generated text names.</summary>
internal sealed partial class LabelFinder
{
    private static readonly char[] Wrapping = [' ', '\t', '\r', '\n', '"', '\'', '`', '*', '.', ',', ';', ':', '!', '(', ')', '[', ']', '#'];

    private readonly LabelSet _labels;

    public LabelFinder(LabelSet labels)
    {
        _labels = labels;
        Comparison = labels.Names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == labels.Names.Length
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
    }

    /// <summary>Case matters only where two labels differ by nothing else.</summary>
    public StringComparison Comparison { get; }

    /// <summary>Index of the label that the text's first line names, or -1. The line may wrap the label in quotes or go on after it
    /// ("4 stars"), but it must begin with it; of two labels that both fit the longer one counts.</summary>
    /// <param name="text">The generated text.</param>
    /// <param name="cutShort">The token limit ended the answer: the beginning of exactly one label then names it.</param>
    public int Find(string text, bool cutShort)
    {
        string line = FirstLine(text);
        int exact = IndexOf(line);
        if (exact >= 0)
        {
            return exact;
        }

        string bare = line.Trim(Wrapping);
        exact = IndexOf(bare);
        if (exact >= 0 || bare.Length == 0)
        {
            return exact;
        }

        int best = -1;
        for (int i = 0; i < _labels.Names.Length; i++)
        {
            string name = _labels.Names[i];
            if (bare.StartsWith(name, Comparison) && EndsWord(bare, name.Length)
                && (best < 0 || name.Length > _labels.Names[best].Length))
            {
                best = i;
            }
        }

        return best >= 0 || !cutShort ? best : OnlyLabelBeginningWith(bare);
    }

    /// <summary>Index of the label that a text ends on after some thinking, or -1: what follows the last "label:", "answer:" and the
    /// like, otherwise the last line.</summary>
    public int FindAtEnd(string text)
    {
        Match marked = Conclusion().Matches(text).LastOrDefault() ?? Match.Empty;
        if (marked.Success)
        {
            int concluded = Find(text[(marked.Index + marked.Length)..], cutShort: false);
            if (concluded >= 0)
            {
                return concluded;
            }
        }

        string last = text.TrimEnd().Split('\n')[^1];
        int found = Find(last, cutShort: false);
        return found >= 0 ? found : LastMentioned(last);
    }

    private int LastMentioned(string line)
    {
        (int best, int bestEnd) = (-1, -1);
        for (int i = 0; i < _labels.Names.Length; i++)
        {
            string name = _labels.Names[i];
            int at = line.LastIndexOf(name, Comparison);
            bool whole = at >= 0 && (at == 0 || !char.IsLetterOrDigit(line[at - 1])) && EndsWord(line, at + name.Length);
            if (whole && (at + name.Length > bestEnd || (at + name.Length == bestEnd && name.Length > _labels.Names[best].Length)))
            {
                (best, bestEnd) = (i, at + name.Length);
            }
        }

        return best;
    }

    private int OnlyLabelBeginningWith(string start)
    {
        int only = -1;
        for (int i = 0; i < _labels.Names.Length; i++)
        {
            if (_labels.Names[i].StartsWith(start, Comparison))
            {
                if (only >= 0)
                {
                    return -1;
                }

                only = i;
            }
        }

        return only;
    }

    private int IndexOf(string text)
    {
        for (int i = 0; i < _labels.Names.Length; i++)
        {
            if (string.Equals(_labels.Names[i], text, Comparison))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool EndsWord(string text, int at) => at >= text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-');

    private static string FirstLine(string text)
    {
        string trimmed = text.TrimStart();
        int end = trimmed.AsSpan().IndexOfAny('\r', '\n');
        return (end < 0 ? trimmed : trimmed[..end]).TrimEnd();
    }

    [GeneratedRegex(@"(?:label|answer|class|category|rating|intent|prediction)\W{0,3}[:=]", RegexOptions.IgnoreCase)]
    private static partial Regex Conclusion();
}
