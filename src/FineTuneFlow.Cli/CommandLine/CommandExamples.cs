namespace FineTuneFlow.Cli.CommandLine;

/// <summary>What people most often type, shown under each command's help. A test parses every line.</summary>
public static class CommandExamples
{
    /// <summary>Lines by the command's name; the root command's stand under "ftf".</summary>
    public static IReadOnlyDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>
    {
        ["ftf"] =
        [
            "ftf demo                                        # see it all work, in a minute or two",
            "ftf check reviews.csv                           # what is in your file, what training would cost",
            "ftf up                                          # the local stack, in a terminal of its own",
            "ftf drop reviews.csv --project reviews --watch  # in another: train, judge, compare",
            "ftf report last",
        ],
        ["up"] = ["ftf up", "ftf up --port 8071 --simulator-port 8072 --storage-port 8000"],
        ["demo"] = ["ftf demo", "ftf demo reviews.csv", "ftf demo --fresh", "ftf demo --encoder"],
        ["doctor"] = ["ftf doctor", "ftf doctor --recipe samples/chapter.recipe.json", "ftf doctor --json | jq '.checks[] | select(.grade == \"bad\")'"],
        ["drop"] = ["ftf drop reviews.csv --project reviews --watch", "ftf drop reviews.csv -p reviews -r samples/few-shot.recipe.json"],
        ["logs"] = ["ftf logs", "ftf logs reviews-3f --follow", "ftf logs --service simulator -n 50"],
        ["backup"] = ["ftf backup monday.ftf", "ftf backup /mnt/backups/today.ftf --json"],
        ["restore"] = ["ftf restore monday.ftf"],
        ["clean"] = ["ftf clean --older-than 30d --keep 5 --dry-run", "ftf clean --keep 20"],
        ["runs"] = ["ftf runs", "ftf runs --project reviews --outcome failed", "ftf runs --json | jq -r '.runs[0].runId'"],
        ["watch"] = ["ftf watch last", "ftf watch reviews-3f", "ftf watch last --json | jq .verdict"],
        ["history"] = ["ftf history last", "ftf history last --all"],
        ["report"] = ["ftf report last", "ftf report last --format html --out report.html"],
        ["approve"] = ["ftf approve last", "ftf approve last --reject --comment \"too expensive\""],
        ["cancel"] = ["ftf cancel last --reason \"wrong file\""],
        ["suspend"] = ["ftf suspend last"],
        ["resume"] = ["ftf resume last"],
        ["rerun"] = ["ftf rerun last", "ftf rerun last --anew"],
        ["rescue"] =
        [
            "ftf rescue",
            "ftf rescue --project reviews --recipe samples/modern.recipe.json",
            "ftf rescue --model ft:gpt-4.1-mini:personal:stars:abc --on prepared/test.jsonl --out old.jsonl",
            "ftf rescue --on prepared/test.jsonl --out old.jsonl --compare new.jsonl",
        ],
        ["projects"] = ["ftf projects", "ftf projects reviews", "ftf projects reviews --json | jq .project.health"],
        ["models"] = ["ftf models reviews"],
        ["promote"] = ["ftf promote reviews last linear --reason \"as good and free\""],
        ["rollback"] = ["ftf rollback reviews", "ftf rollback reviews -v 2 --reason \"answers were odd\""],
        ["predict"] = ["ftf predict \"crashes on start\" --project reviews", "ftf predict new.csv --project reviews --text body --out answers.csv", "ftf predict new.csv --model models/reviews/v3/model --out answers.csv"],
        ["feedback"] = ["ftf feedback reviews", "ftf feedback reviews --text \"crashes on start\" --label 1"],
        ["retrain"] = ["ftf retrain reviews --dry-run", "ftf retrain reviews --force"],
        ["recipe"] = ["ftf recipe init", "ftf recipe check recipe.json", "ftf recipe edit reviews"],
        ["completion"] = ["ftf completion bash"],
        ["check"] = ["ftf check reviews.csv", "ftf check reviews.csv --recipe samples/chapter.recipe.json --strict"],
        ["prepare"] = ["ftf prepare reviews.csv --out prepared", "ftf prepare reviews.csv --out prepared --json | jq .rows"],
        ["evaluate"] = ["ftf evaluate --holdout prepared/test.jsonl --predictions answers.jsonl"],
        ["compare"] = ["ftf compare reviews-3f reviews-a0", "ftf compare last reviews-a0 --candidate linear", "ftf compare --holdout prepared/test.jsonl -p ours=ours.jsonl -p theirs=theirs.csv"],
        ["costs"] = ["ftf costs", "ftf costs --volume 5000 --growth 0.5 --model gpt-4.1-mini --training-tokens 400000 --option \"own GPU=0,0,0,0,0,12\""],
        ["sample"] = ["ftf sample --rows 5000 --out reviews.csv", "ftf sample --rows 1000000 --out - | gzip > reviews.csv.gz"],
    };
}
