using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Sources;

namespace FineTuneFlow.Encoders.Tests.Sources;

public sealed class HubClientTests : IDisposable
{
    private static readonly ModelSource Source = new(ModelSourceKind.Hub, "owner/tiny");
    private readonly TempFolder _cache = new();
    private readonly LocalHub _hub = new(new[] { "config.json", "vocab.txt", "model.safetensors" }.ToDictionary(
        file => file, file => File.ReadAllBytes(Path.Combine(Fixtures.Folder("distilbert"), file))));

    private readonly HttpClient _http = new();
    private readonly List<string> _told = [];

    [Fact]
    public async Task A_model_is_fetched_once_pinned_by_its_commit_and_its_licence_is_told()
    {
        HubCheckpoint first = await Client().FetchAsync(Source);
        int asked = _hub.Asked.Count;
        HubCheckpoint second = await Client().FetchAsync(Source);

        EncoderCheckpoint.Load(first.Folder).Config.Architecture.ShouldBe(EncoderArchitecture.DistilBert);
        first.Commit.ShouldBe(LocalHub.Commit);
        first.Licence.ShouldBe("apache-2.0");
        _told.ShouldContain(line => line.Contains("apache-2.0", StringComparison.Ordinal));
        second.ShouldBe(first);
        _hub.Asked.Skip(asked).ShouldHaveSingleItem().Path.ShouldStartWith("/api/");
    }

    [Fact]
    public async Task A_download_that_broke_off_goes_on_where_it_stopped()
    {
        _hub.BreakAfter = 4000;
        (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure.Kind.ShouldBe(FailureKind.Unavailable);

        HubCheckpoint fetched = await Client().FetchAsync(Source);

        string? range = _hub.Asked.Last(call => call.Path.EndsWith(".safetensors", StringComparison.Ordinal)).Range;
        range.ShouldNotBeNull();
        int.Parse(range["bytes=".Length..^1], null).ShouldBeInRange(1, 4000);
        EncoderCheckpoint.Load(fetched.Folder).Weights.All.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_damaged_file_is_thrown_away_and_nothing_half_made_is_left()
    {
        _hub.Damages = true;
        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(FailureKind.Unavailable);
        failure.Message.ShouldContain("hash");
        Directory.EnumerateFiles(_cache.Path, "*.safetensors*", SearchOption.AllDirectories).ShouldBeEmpty();
        _hub.Damages = false;
        (await Client().FetchAsync(Source)).Commit.ShouldBe(LocalHub.Commit);
    }

    [Fact]
    public async Task Offline_only_what_was_fetched_is_used()
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client(offline: true).FetchAsync(Source))).Failure;
        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain("HF_HUB_OFFLINE");
        _hub.Asked.ShouldBeEmpty();

        HubCheckpoint online = await Client().FetchAsync(Source);
        int asked = _hub.Asked.Count;

        (await Client(offline: true).FetchAsync(Source)).ShouldBe(online);
        _hub.Asked.Count.ShouldBe(asked);
    }

    [Fact]
    public async Task A_hub_that_is_down_is_no_obstacle_to_what_was_fetched()
    {
        HubCheckpoint online = await Client().FetchAsync(Source);
        _hub.Status = 503;

        (await Client().FetchAsync(Source)).ShouldBe(online);
    }

    [Theory]
    [InlineData(401, FailureKind.Unauthenticated, "HF_TOKEN")]
    [InlineData(403, FailureKind.Forbidden, "conditions")]
    [InlineData(404, FailureKind.NotFound, "revision")]
    [InlineData(429, FailureKind.Unavailable, "later")]
    [InlineData(500, FailureKind.Unavailable, "later")]
    public async Task What_the_hub_refuses_has_a_kind_and_a_remedy(int status, FailureKind kind, string remedy)
    {
        _hub.Status = status;

        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain("owner/tiny");
        failure.Remedy!.ShouldContain(remedy);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_named()
    {
        _hub.Dispose();

        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(FailureKind.Unavailable);
        failure.Message.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task Several_who_want_the_same_model_at_once_fetch_it_once()
    {
        HubCheckpoint[] fetched = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Client().FetchAsync(Source))));

        fetched.Distinct().ShouldHaveSingleItem();
        _hub.Asked.Count(call => call.Path.EndsWith(".safetensors", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_model_in_parts_is_fetched_with_all_of_them_and_a_part_that_the_hub_lacks_is_named()
    {
        using LocalHub hub = HubOfParts(["part-1.safetensors", "part-2.safetensors"]);
        HubCheckpoint fetched = await new HubClient(new HubSettings { Endpoint = hub.Address, Cache = _cache["whole"] }, _http).FetchAsync(Source);
        EncoderCheckpoint.Load(fetched.Folder).Weights.All.ShouldNotBeEmpty();

        using LocalHub lacking = HubOfParts(["part-1.safetensors"]);
        Failure failure = (await Should.ThrowAsync<FlowException>(
            () => new HubClient(new HubSettings { Endpoint = lacking.Address, Cache = _cache["lacking"] }, _http).FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain("part-2.safetensors");
        (await Should.ThrowAsync<FlowException>(() => new HubClient(new HubSettings { Endpoint = lacking.Address, Cache = _cache["lacking"], Offline = true }, _http).FetchAsync(Source)))
            .Failure.Kind.ShouldBe(FailureKind.InvalidInput, "what is not whole is not used");
    }

    [Fact]
    public async Task What_the_disk_cannot_take_is_refused_before_the_download()
    {
        _hub.WeightBytes = long.MaxValue / 4;

        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(FailureKind.Unavailable);
        failure.Message.ShouldContain("no room on the disk");
        failure.Remedy!.ShouldContain("FTF_HUB_CACHE");
        _hub.Asked.ShouldAllBe(call => call.Path.StartsWith("/api/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_a_model_comes_is_told_and_the_next_download_is_whole()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full");
        string folder = Path.Combine(_cache.Path, "owner--tiny", LocalHub.Commit);
        Directory.CreateDirectory(folder);
        string part = Path.Combine(folder, "model.safetensors.part");
        File.CreateSymbolicLink(part, "/dev/full");

        Failure failure = (await Should.ThrowAsync<FlowException>(() => Client().FetchAsync(Source))).Failure;

        failure.Kind.ShouldBe(FailureKind.Unavailable);
        failure.Message.ShouldContain("no room on the disk");
        File.Exists(Path.Combine(folder, "model.safetensors")).ShouldBeFalse();
        File.Delete(part);
        EncoderCheckpoint.Load((await Client().FetchAsync(Source)).Folder).Weights.All.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_token_is_sent_to_the_hub()
    {
        await Client(token: "hf_secret").FetchAsync(Source);

        _hub.Asked.ShouldAllBe(call => call.Authorization == "Bearer hf_secret");
        _told.ShouldAllBe(line => !line.Contains("hf_secret", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _hub.Dispose();
        _http.Dispose();
        _cache.Dispose();
    }

    private static LocalHub HubOfParts(string[] held)
    {
        using var folder = new TempFolder();
        string[] parts = ["part-1.safetensors", "part-2.safetensors"];
        KeyValuePair<string, WeightTensor>[] all = [.. WeightFiles.Read(Fixtures.Folder("distilbert"))];
        Safetensors.Write(folder[parts[0]], all[..9]);
        Safetensors.Write(folder[parts[1]], all[9..]);
        var map = new JsonObject(all.Select((weight, i) => KeyValuePair.Create(weight.Key, (JsonNode?)parts[i < 9 ? 0 : 1])));
        File.WriteAllText(folder[WeightFiles.Index], new JsonObject { ["weight_map"] = map }.ToJsonString());
        string[] small = ["config.json", "vocab.txt"];
        return new LocalHub(small.Select(file => Path.Combine(Fixtures.Folder("distilbert"), file)).Concat(held.Append(WeightFiles.Index).Select(file => folder[file]))
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes));
    }

    private HubClient Client(bool offline = false, string? token = null) =>
        new(new HubSettings { Endpoint = _hub.Address, Cache = _cache.Path, Offline = offline, Token = token }, _http, _told.Add);
}
