namespace FineTuneFlow.Simulator.Azure;

/// <summary>A deployment of the Azure side.</summary>
/// <param name="ResourceId">Path of the resource, as put.</param>
/// <param name="SucceededAt">From when the control plane says <c>Succeeded</c>, Unix milliseconds.</param>
/// <param name="AnswersAt">From when requests are answered, Unix milliseconds.</param>
internal sealed record Deployment(
    string Name, string ResourceId, string Model, string ModelVersion, string Sku, int Capacity, long SucceededAt, long AnswersAt, string Format = "OpenAI");
