namespace FineTuneFlow.Core.Recipes;

/// <summary>What is a reason for the night to retrain a project, and when its champion counts as drifting.</summary>
public sealed record RetrainRecipe
{
    /// <summary>Rows that no version has been trained on, feedback and corrections included; 1 to 1,000,000.</summary>
    public int MinimumNewRows { get; init; } = 200;
    /// <summary>Retrain when what is asked has drifted from the holdout, or accuracy on feedback has fallen.</summary>
    public bool Drift { get; init; } = true;
    /// <summary>Population stability index from which a distribution counts as drifted, if the test agrees; 0.01 to 10.</summary>
    public double DriftIndex { get; init; } = 0.2;
    /// <summary>Level of all drift tests of a night together, each of which has an equal share; 0.0001 to 0.2.</summary>
    public double DriftAlpha { get; init; } = 0.01;
    /// <summary>How far the accuracy on feedback may lie below that on the holdout, surely (0.05: five points); 0 to 1.</summary>
    public double AccuracyDrop { get; init; } = 0.05;
    /// <summary>Texts that people must have said the right label of before their accuracy is a reason; 1 to 1,000,000.</summary>
    public int MinimumFeedback { get; init; } = 30;
    /// <summary>Days after a retrain in which drift, feedback and a dying base are no reason for another; 0 to 365. New rows are.</summary>
    public int RestDays { get; init; } = 7;
    /// <summary>Days before the end of the champion's base model at which that becomes a reason; 0 to 365.</summary>
    public int DyingDays { get; init; } = 30;
}
