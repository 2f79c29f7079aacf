using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Jobs;

/// <param name="Type">message or metrics.</param>
/// <param name="Metrics">Of a metrics event.</param>
internal sealed record JobEvent(string Id, long CreatedAt, string Level, string Message, string Type, EventMetrics? Metrics)
{
    public JsonObject ToJson() => new()
    {
        ["object"] = "fine_tuning.job.event",
        ["id"] = Id,
        ["created_at"] = CreatedAt,
        ["level"] = Level,
        ["message"] = Message,
        ["type"] = Type,
        ["data"] = Metrics?.ToJson() ?? new JsonObject(),
    };
}

internal sealed record EventMetrics(
    int Step, int TotalSteps, double TrainLoss, double TrainAccuracy, double? ValidLoss, double? ValidAccuracy,
    double? FullValidLoss, double? FullValidAccuracy)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["step"] = Step,
            ["total_steps"] = TotalSteps,
            ["train_loss"] = TrainLoss,
            ["train_mean_token_accuracy"] = TrainAccuracy,
        };
        Add(json, "valid_loss", ValidLoss);
        Add(json, "valid_mean_token_accuracy", ValidAccuracy);
        Add(json, "full_valid_loss", FullValidLoss);
        Add(json, "full_valid_mean_token_accuracy", FullValidAccuracy);
        return json;
    }

    private static void Add(JsonObject json, string name, double? value)
    {
        if (value is { } number)
        {
            json[name] = number;
        }
    }
}
