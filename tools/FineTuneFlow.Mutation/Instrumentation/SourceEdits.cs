using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>Replacements in one text, in the coordinates of the text as it was.</summary>
internal sealed class SourceEdits(string text)
{
    private readonly List<(TextSpan Span, string New)> _edits = [];

    public SourceEdits Replace(TextSpan span, string with)
    {
        _edits.Add((span, with));
        return this;
    }

    /// <summary>The part of the text in <paramref name="window"/>, edited.</summary>
    public string Within(TextSpan window)
    {
        var result = new StringBuilder();
        int at = window.Start;
        foreach ((TextSpan span, string with) in _edits.OrderBy(edit => edit.Span.Start).ThenBy(edit => edit.Span.End))
        {
            result.Append(text, at, span.Start - at).Append(with);
            at = span.End;
        }

        return result.Append(text, at, window.End - at).ToString();
    }
}
