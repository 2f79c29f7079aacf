using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Faults;
using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>A job as the service writes it.</summary>
internal static class JobDocument
{
    public static JsonObject Of(FineTuningJob job, AnswerShape shape)
    {
        SimulatedService service = SimulatedServices.Named(job.Service);
        var json = new JsonObject
        {
            ["object"] = "fine_tuning.job",
            ["id"] = job.Id,
            ["model"] = job.Model,
            ["created_at"] = job.CreatedAt,
            ["finished_at"] = job.FinishedAt,
            ["fine_tuned_model"] = job.FineTunedModel,
            ["organization_id"] = "org-simulator",
            ["result_files"] = new JsonArray([.. job.ResultFiles.Select(file => (JsonNode)file)]),
            ["status"] = StatusOf(job, service),
            ["validation_file"] = job.ValidationFile,
            ["training_file"] = job.TrainingFile,
            ["hyperparameters"] = job.Hyperparameters.ToJson(service),
            ["trained_tokens"] = job.TrainedTokens,
            ["error"] = job.Error is null ? new JsonObject() : new JsonObject
            {
                ["code"] = job.Error.Code,
                ["message"] = job.Error.Message,
                ["param"] = job.Error.Param,
            },
            ["user_provided_suffix"] = job.Suffix,
            ["seed"] = job.Seed,
            ["estimated_finish"] = null,
            ["integrations"] = new JsonArray(),
            ["metadata"] = new JsonObject(job.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["method"] = new JsonObject
            {
                ["type"] = "supervised",
                ["supervised"] = new JsonObject { ["hyperparameters"] = job.Hyperparameters.ToJson(service) },
            },
        };
        if (!service.KeepsMetadata)
        {
            json.Remove("metadata");
        }

        if (!service.TellsSuffix)
        {
            json.Remove("user_provided_suffix");
        }

        if (service.FlatHyperparameters)
        {
            json.Remove("method");
        }

        if (job.TrainingType is not null)
        {
            json["trainingType"] = job.TrainingType;
        }

        return shape.Azure ? AsAzureAnswers(json, job) : json;
    }

    private static string StatusOf(FineTuningJob job, SimulatedService service) => job.Status switch
    {
        JobStatus.Validating when service.Azure => "pending",
        JobStatus.Succeeded => service.Succeeded,
        _ => job.Status,
    };

    /// <summary>What was seen at Azure: ISO dates, nulls where lists and objects are documented, members left out.</summary>
    private static JsonObject AsAzureAnswers(JsonObject json, FineTuningJob job)
    {
        json["created_at"] = Iso(job.CreatedAt);
        json["finished_at"] = job.FinishedAt is { } finished ? Iso(finished) : null;
        json["seed"] = null;
        json["error"] = job.Error is null ? null : json["error"]!.DeepClone();
        if (job.Status is JobStatus.Validating or JobStatus.Queued)
        {
            json["status"] = "pending";
        }

        if (job.ResultFiles.IsEmpty)
        {
            json["result_files"] = null;
        }

        foreach (string missing in (string[])["organization_id", "user_provided_suffix", "integrations", "estimated_finish", "method"])
        {
            json.Remove(missing);
        }

        return json;
    }

    private static string Iso(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ");
}
