namespace FineTuneFlow.Simulator.Models;

/// <summary>A model, or a checkpoint, that a job has made.</summary>
/// <param name="Id">As it is called.</param>
/// <param name="BaseModel">Id of the base.</param>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="PromptEnding">Completion models: what every training prompt ended with; empty for none.</param>
/// <param name="Step">A checkpoint's step; null for the final model.</param>
internal sealed record TunedModel(string Id, string BaseModel, string JobId, long CreatedAt, string PromptEnding, int? Step);
