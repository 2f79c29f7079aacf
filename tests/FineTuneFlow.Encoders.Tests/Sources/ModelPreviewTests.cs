using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Sources;

namespace FineTuneFlow.Encoders.Tests.Sources;

/// <summary>What is known of a model before anything is spent on it.</summary>
public sealed class ModelPreviewTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private readonly TempFolder _cache = new();
    private readonly Dictionary<string, byte[]> _files = new[] { "config.json", "vocab.txt", Weights }.ToDictionary(
        file => file, file => File.ReadAllBytes(Path.Combine(Fixtures.Folder("distilbert"), file)));

    private readonly HttpClient _http = new();
    private LocalHub? _hub;

    [Fact]
    public async Task Of_a_model_of_the_hub_its_shape_is_told_and_no_weights_are_fetched()
    {
        ModelPreview preview = await LookAsync("owner/tiny");

        preview.Unknown.ShouldBeNull();
        preview.Config!.Positions.ShouldBe(16);
        _hub!.Asked.ShouldNotContain(call => call.Path.EndsWith(Weights, StringComparison.Ordinal));
        preview.CheckLength(16);
        Should.Throw<FlowException>(() => preview.CheckLength(17)).Failure.Message.ShouldContain("16 positions");
    }

    [Theory]
    [InlineData(401, FailureKind.Unauthenticated)]
    [InlineData(403, FailureKind.Forbidden)]
    [InlineData(404, FailureKind.NotFound)]
    public async Task A_made_up_model_is_refused_with_a_remedy(int status, FailureKind kind)
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(() => LookAsync("owner/made-up", hub => hub.Status = status))).Failure;

        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain("owner/made-up");
        failure.Remedy.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("config.json", null, "no config.json")]
    [InlineData("config.json", """{"model_type":"t5"}""", "t5")]
    [InlineData(Weights, null, "safetensors")]
    public async Task A_model_that_does_not_load_is_refused_with_what_does(string file, string? instead, string told)
    {
        _files.Remove(file);
        if (instead is not null)
        {
            _files[file] = Encoding.UTF8.GetBytes(instead);
        }

        Failure failure = (await Should.ThrowAsync<FlowException>(() => LookAsync("owner/tiny"))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain(told);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_refuses_nothing_but_is_told()
    {
        ModelPreview preview = await LookAsync("owner/tiny", hub => hub.Dispose());

        preview.Config.ShouldBeNull();
        preview.Unknown!.ShouldContain("cannot be reached");
        preview.CheckLength(1_000_000);
    }

    [Fact]
    public async Task Offline_the_hub_is_not_asked_and_what_was_not_fetched_is_told()
    {
        ModelPreview before = await LookAsync("owner/tiny", offline: true);
        before.Config.ShouldBeNull();
        before.Unknown!.ShouldContain("HF_HUB_OFFLINE");
        _hub!.Asked.ShouldBeEmpty();

        await LookAsync("owner/tiny");
        (await LookAsync("owner/tiny", offline: true)).Config.ShouldBeNull("its shape alone does not train");
        await new HubClient(Settings(), _http).FetchAsync(ModelSource.Parse("owner/tiny"));
        (await LookAsync("owner/tiny", offline: true)).Config!.Positions.ShouldBe(16);
    }

    [Fact]
    public async Task The_packaged_models_are_known_without_asking_anybody()
    {
        ModelPreview preview = await ModelPreview.OfAsync("all-MiniLM-L6-v2", trainsHere: false, () => throw new InvalidOperationException("asked"));

        preview.Config.ShouldBe(Fixtures.MiniLm.Config);
        EncoderShapes.Parameters(preview.Config!).ShouldBe(22_565_376, "all that a training changes; the published 22.7 million count a pooler, which the mean does not have");
        EncoderShapes.LayerParameters(preview.Config!).ShouldBe(10_646_784);
    }

    [Fact]
    public async Task A_folder_is_looked_at_where_the_trainer_sees_it()
    {
        Func<HubClient> nobody = () => throw new InvalidOperationException("asked");

        (await ModelPreview.OfAsync(Fixtures.Folder("bert"), trainsHere: true, nobody)).Config!.Architecture.ShouldBe(EncoderArchitecture.Bert);
        (await Should.ThrowAsync<FlowException>(() => ModelPreview.OfAsync("/nowhere/at/all", trainsHere: true, nobody))).Failure.Message.ShouldContain("not a checkpoint");
        (await ModelPreview.OfAsync("/nowhere/at/all", trainsHere: false, nobody)).Unknown!.ShouldContain("trainer's machine");
    }

    public void Dispose()
    {
        _hub?.Dispose();
        _http.Dispose();
        _cache.Dispose();
    }

    private HubSettings Settings(bool offline = false) => new() { Endpoint = _hub!.Address, Cache = _cache.Path, Offline = offline };

    private Task<ModelPreview> LookAsync(string name, Action<LocalHub>? set = null, bool offline = false)
    {
        _hub ??= new LocalHub(_files);
        set?.Invoke(_hub);
        return ModelPreview.OfAsync(name, trainsHere: true, () => new HubClient(Settings(offline), _http));
    }
}
