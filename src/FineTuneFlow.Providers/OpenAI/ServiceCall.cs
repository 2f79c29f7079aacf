namespace FineTuneFlow.Providers.OpenAI;

/// <summary>What a call is and what a lost answer to it means.</summary>
/// <param name="What">As messages say it: "list the files".</param>
/// <param name="Nature">Whether it may be repeated.</param>
/// <param name="SpeaksOfData">The service's messages about it may quote texts, so they are not passed on.</param>
internal sealed record ServiceCall(string What, CallNature Nature, bool SpeaksOfData = false)
{
    /// <summary>It names no single thing that could be missing: nothing there means a wrong address.</summary>
    public bool IsOfTheService => this == ListFiles || this == UploadFile || this == OpenUpload || this == FindJobs || this == ListModels || this == FindBatches;

    public static readonly ServiceCall ListFiles = new("list the files", CallNature.Repeatable);
    public static readonly ServiceCall UploadFile = new("upload the file", CallNature.Makes, SpeaksOfData: true);
    public static readonly ServiceCall OpenUpload = new("open the upload", CallNature.Repeatable);
    public static readonly ServiceCall UploadPart = new("upload a part of the file", CallNature.Repeatable, SpeaksOfData: true);
    public static readonly ServiceCall CancelUpload = new("cancel the upload", CallNature.Repeatable);
    public static readonly ServiceCall CompleteUpload = new("complete the upload", CallNature.Makes, SpeaksOfData: true);
    public static readonly ServiceCall GetFile = new("look up the file", CallNature.Repeatable);
    public static readonly ServiceCall ReadFile = new("read the file", CallNature.Repeatable);
    public static readonly ServiceCall DeleteFile = new("delete the file", CallNature.Repeatable);
    public static readonly ServiceCall CreateJob = new("create the job", CallNature.Makes);
    public static readonly ServiceCall FindJobs = new("list the jobs", CallNature.Repeatable);
    public static readonly ServiceCall GetJob = new("look up the job", CallNature.Repeatable);
    public static readonly ServiceCall CancelJob = new("cancel the job", CallNature.Repeatable);
    public static readonly ServiceCall GetEvents = new("read the job's events", CallNature.Repeatable);
    public static readonly ServiceCall GetCheckpoints = new("read the job's checkpoints", CallNature.Repeatable);
    public static readonly ServiceCall ListModels = new("list the models", CallNature.Repeatable);
    public static readonly ServiceCall Ask = new("ask the model", CallNature.Repeatable, SpeaksOfData: true);
    public static readonly ServiceCall CreateBatch = new("create the batch", CallNature.Makes);
    public static readonly ServiceCall FindBatches = new("list the batches", CallNature.Repeatable);
    public static readonly ServiceCall GetBatch = new("look up the batch", CallNature.Repeatable);
    public static readonly ServiceCall CreateDeployment = new("deploy the model", CallNature.Repeatable);
    public static readonly ServiceCall GetDeployment = new("look up the deployment", CallNature.Repeatable);
    public static readonly ServiceCall RemoveDeployment = new("remove the deployment", CallNature.Repeatable);
    public static readonly ServiceCall CancelBatch = new("cancel the batch", CallNature.Repeatable);
}

internal enum CallNature
{
    /// <summary>Reads, or sets what may be set twice: a lost answer is Unavailable.</summary>
    Repeatable,
    /// <summary>Makes something each time: a lost answer is Ambiguous.</summary>
    Makes,
}
