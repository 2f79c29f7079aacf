using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Cli.Output;

/// <summary>Where a command writes: answers to standard output, notes and progress to standard error, so that a pipe gets
/// the answer alone.</summary>
public sealed class Terminal(TextWriter output, TextWriter error, bool json)
{
    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>Whether the answer is to be JSON.</summary>
    public bool Json { get; } = json;

    /// <summary>Standard output is a person's terminal: tables may be redrawn.</summary>
    public bool IsLive { get; } = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && MayDraw;

    /// <summary>Standard error is a person's terminal: a progress bar may be redrawn there.</summary>
    public bool ShowsProgress { get; } = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && MayDraw;

    /// <summary>https://no-color.org and terminals that cannot move the cursor.</summary>
    private static bool MayDraw =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>A line for a person; nothing with <c>--json</c>.</summary>
    public void Line(string text = "")
    {
        if (!Json)
        {
            Out.WriteLine(Printable.Of(text));
        }
    }

    /// <summary>A line that is not part of the answer.</summary>
    public void Note(string text) => Error.WriteLine(Printable.Of(text));

    /// <summary>The command's answer: the value as JSON with <c>--json</c>, else what <paramref name="write"/> writes.</summary>
    public void Answer<T>(T value, Action<TextWriter> write)
    {
        if (Json)
        {
            Out.WriteLine(JsonSerializer.Serialize(value, FlowJson.Indented));
        }
        else
        {
            using var text = new StringWriter { NewLine = Out.NewLine };
            write(text);
            Out.Write(Printable.Of(text.ToString()));
        }
    }

    /// <summary>A bar on a person's terminal; elsewhere nothing but, for work of more than a few seconds, a line now and then.</summary>
    /// <param name="what">"Preparing reviews.csv".</param>
    /// <param name="unit">"rows", "MB".</param>
    public ProgressLine Progress(string what, string unit) => new(this, what, unit, TimeProvider.System);
}
