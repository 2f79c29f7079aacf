using System.Text.Json.Nodes;
using FineTuneFlow.Core.Tests.Training;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Tests.Jobs;

public sealed class LearningTests
{
    private static readonly List<LabelledText> Train = Reviews.Make(400, seed: 1);
    private static readonly List<LabelledText> Test = Reviews.Make(120, seed: 2);

    [Theory]
    [InlineData("babbage-002")]
    [InlineData("gpt-4.1-mini")]
    public async Task A_tuned_model_is_far_better_than_the_majority(string model)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        bool completion = model == "babbage-002";

        JsonNode job = await simulator.TrainAsync(model, completion ? Reviews.Completion(Train) : Reviews.Chat(Train));

        (await AccuracyAsync(simulator, job["fine_tuned_model"]!.GetValue<string>(), completion)).ShouldBeGreaterThan(0.8);
    }

    [Fact]
    public async Task The_same_file_and_seed_give_the_same_curve_and_the_same_answers()
    {
        var seen = new List<string>();
        for (int i = 0; i < 2; i++)
        {
            await using RunningSimulator simulator = await RunningSimulator.StartAsync();
            JsonNode job = await simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(Train), Epochs(1));
            JsonNode answer = await simulator.ChatAsync(job["fine_tuned_model"]!.GetValue<string>(), "the app is fine", WithLogProbabilities);
            seen.Add(await simulator.Client.GetStringAsync($"/v1/files/{job["result_files"]![0]!.GetValue<string>()}/content")
                + answer["choices"]![0]!["logprobs"]!.ToJsonString());
        }

        seen[0].ShouldBe(seen[1]);
    }

    [Fact]
    public async Task Without_a_seed_it_follows_from_the_data()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode one = await simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(Train.Take(20)), body => body.Remove("seed"));
        JsonNode two = await simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(Train.Take(20)), body => body.Remove("seed"));

        two["seed"]!.GetValue<long>().ShouldBe(one["seed"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("app_reviews_k9_wordpress.csv", "babbage-002", 0.08)]
    [InlineData("amazon_reviews_multi_en_dev.csv", "gpt-3.5-turbo", 0.2)]
    public async Task One_epoch_on_real_reviews_beats_the_majority_class_clearly(string file, string model, double margin)
    {
        List<LabelledText> rows = RealReviews.ReadOrSkip(file);
        List<LabelledText> test = rows[^500..];
        double majority = test.GroupBy(row => row.Label).Max(group => group.Count()) / (double)test.Count;
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        bool completion = model == "babbage-002";
        List<LabelledText> train = rows[..(rows.Count * 3 / 5)];

        JsonNode job = await simulator.TrainAsync(model, completion ? Reviews.Completion(train) : Reviews.Chat(train), Epochs(1));

        (await AccuracyAsync(simulator, job["fine_tuned_model"]!.GetValue<string>(), completion, test)).ShouldBeGreaterThan(majority + margin);
    }

    [Fact]
    public async Task Training_goes_on_from_a_tuned_model()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        JsonNode first = await simulator.TrainAsync("babbage-002", Reviews.Completion(Train.Take(60)), Epochs(1));
        string tuned = first["fine_tuned_model"]!.GetValue<string>();
        double before = await AccuracyAsync(simulator, tuned, completion: true);

        JsonNode second = await simulator.TrainAsync(tuned, Reviews.Completion(Train), Epochs(3));

        second["model"]!.GetValue<string>().ShouldBe(tuned);
        string continued = second["fine_tuned_model"]!.GetValue<string>();
        continued.ShouldStartWith("ft:babbage-002:");
        (await AccuracyAsync(simulator, continued, completion: true)).ShouldBeGreaterThan(before);
        (await FirstLossAsync(simulator, second)).ShouldBeLessThan(await FirstLossAsync(simulator, first));
    }

    [Fact]
    public async Task A_system_prompt_costs_tokens()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        List<LabelledText> rows = Train[..20];

        JsonNode plain = await simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(rows), Epochs(2));
        JsonNode system = await simulator.TrainAsync("gpt-4o-mini", Reviews.Chat(rows, "Answer with the feeling of the review."), Epochs(2));

        // Seven words and a full stop, one of them two tokens, and four tokens of framing; twice for two epochs.
        (system["trained_tokens"]!.GetValue<long>() - plain["trained_tokens"]!.GetValue<long>()).ShouldBeInRange(20 * 2 * 10, 20 * 2 * 16);
    }

    private static Action<JsonObject> Epochs(int epochs) => body => body["method"] = new JsonObject
    {
        ["type"] = "supervised",
        ["supervised"] = new JsonObject { ["hyperparameters"] = new JsonObject { ["n_epochs"] = epochs } },
    };

    private static void WithLogProbabilities(JsonObject body)
    {
        body["logprobs"] = true;
        body["top_logprobs"] = 20;
    }

    private static async Task<double> FirstLossAsync(RunningSimulator simulator, JsonNode job)
    {
        string csv = await simulator.Client.GetStringAsync($"/v1/files/{job["result_files"]![0]!.GetValue<string>()}/content");
        return csv.Split('\n').Skip(1).Take(10).Average(line => double.Parse(line.Split(',')[1]));
    }

    private static async Task<double> AccuracyAsync(RunningSimulator simulator, string model, bool completion, List<LabelledText>? rows = null)
    {
        int right = 0;
        foreach (LabelledText row in rows ?? Test)
        {
            string answer = completion
                ? (await simulator.CompleteAsync(model, row.Text + Reviews.Ending))["choices"]![0]!["text"]!.GetValue<string>()
                : (await simulator.ChatAsync(model, row.Text))["choices"]![0]!["message"]!["content"]!.GetValue<string>();
            right += answer == (completion ? " " : "") + row.Label ? 1 : 0;
        }

        return right / (double)(rows ?? Test).Count;
    }
}
