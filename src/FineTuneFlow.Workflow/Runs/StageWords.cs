using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>The one table of a run's stages in words: what people see, and what statuses and <c>run.json</c> hold.</summary>
public static class StageWords
{
    private static readonly (RunStage Stage, string Words)[] Table =
    [
        (RunStage.Starting, "starting"),
        (RunStage.Planning, "planning"),
        (RunStage.Preparing, "preparing"),
        (RunStage.Quoting, "quoting"),
        (RunStage.WaitingForApproval, "waiting for approval"),
        (RunStage.Training, "training"),
        (RunStage.Comparing, "comparing"),
        (RunStage.Promoting, "promoting"),
        (RunStage.CleaningUp, "cleaning up"),
        (RunStage.Cancelling, "cancelling"),
        (RunStage.Done, "done"),
        (RunStage.DoneWithFailures, "done, some candidates failed"),
        (RunStage.Cancelled, "cancelled"),
        (RunStage.NotApproved, "not approved"),
        (RunStage.Failed, "failed"),
    ];

    public static string Of(RunStage stage) => Array.Find(Table, row => row.Stage == stage).Words;

    /// <summary>Null: no stage of this version.</summary>
    public static RunStage? Find(string? words) =>
        Array.FindIndex(Table, row => row.Words == words) is >= 0 and var at ? Table[at].Stage : null;

    /// <summary>Where a run has come to by its outcome.</summary>
    public static RunStage After(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Succeeded => RunStage.Done,
        RunOutcome.PartlyFailed => RunStage.DoneWithFailures,
        RunOutcome.Cancelled => RunStage.Cancelled,
        RunOutcome.Rejected => RunStage.NotApproved,
        _ => RunStage.Failed,
    };

    /// <summary>Writes a stage by its words.</summary>
    public sealed class Converter : JsonConverter<RunStage>
    {
        public override RunStage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Find(reader.GetString()) ?? throw new JsonException($"There is no stage \"{reader.GetString()}\".");

        public override void Write(Utf8JsonWriter writer, RunStage value, JsonSerializerOptions options) => writer.WriteStringValue(Of(value));
    }
}
