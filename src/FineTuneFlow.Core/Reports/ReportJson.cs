using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.json</c>.</summary>
public static class ReportJson
{
    public static string Write(RunReport report) => JsonSerializer.Serialize(report, FlowJson.Indented) + "\n";

    /// <exception cref="FlowException">The text is not a report.</exception>
    public static RunReport Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RunReport>(json, FlowJson.Indented)
                ?? throw new FlowException(FailureKind.InvalidInput, "The report is empty.", "Give a report.json that a run has written.");
        }
        catch (JsonException error)
        {
            throw new FlowException(
                FailureKind.InvalidInput,
                $"This is not a report.json (line {error.LineNumber + 1}, at {error.Path}).",
                "Give a report.json that a run of this version has written.",
                error);
        }
    }
}
