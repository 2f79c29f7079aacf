using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Models;

/// <summary>A model of our own, loaded and ready: it answers without asking anybody. Safe to be used by several threads at once.</summary>
public interface IOwnModel
{
    /// <summary>One answer a text, in their order; the answers' ids are for the caller to set.</summary>
    IReadOnlyList<Prediction> Answer(IReadOnlyList<string> texts);
}
