using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Which columns are text and label: told by name and values, with the runner-up, and asked where it is not certain.</summary>
public sealed class ColumnTests
{
    [Theory]
    [InlineData("review_id,title,year,user_review,user_suggestion", "user_review", "user_suggestion")]
    [InlineData("tweet_id,airline_sentiment,airline_sentiment_confidence,airline,name,retweet_count,text,tweet_created", "text", "airline_sentiment")]
    [InlineData("product_title,product_category,review_body,helpful_votes,year", "review_body", "product_category")]
    [InlineData("username,shop,date,commentText,isSpam", "commentText", "isSpam")]
    [InlineData("user,kind,remark,likes", "remark", "kind")]
    [InlineData("id,message,label,category", "message", "label")]
    public void Names_of_ids_counts_dates_users_and_shops_score_low(string header, string text, string label)
    {
        RecognisedColumns columns = Check(Table(header, 120)).Columns;

        (string.Join('+', columns.Text), columns.Label).ShouldBe((text, label));
    }

    [Fact]
    public void The_runner_up_is_named()
    {
        RecognisedColumns columns = Check(Table("id,message,label,category", 120)).Columns;

        columns.LabelReason.ShouldContain("next would be category");
    }

    [Theory]
    [InlineData("sentence,fuel,machine,price,service", "label-unclear", "dataset.label", "fuel, machine, price, service")]
    [InlineData("text,sentiment,intent", "label-unclear", "dataset.label", "sentiment, intent")]
    [InlineData("sent_A,sent_B,label", "second-text", "dataset.text", "sent_B")]
    [InlineData("premise,hypothesis,label", "second-text", "dataset.text", "hypothesis")]
    [InlineData("question1,question2,label", "second-text", "dataset.text", "question2")]
    [InlineData("remark,opinion,label", "second-text", "dataset.text", "opinion")]
    public void Where_others_could_be_meant_as_well_a_preparation_stops_until_they_are_named(string header, string code, string setting, string named)
    {
        byte[] csv = Table(header, 120);

        Finding question = Check(csv).Findings.Single(finding => finding.Code == code);

        (question.AnsweredBy, question.Grade).ShouldBe((setting, FindingGrade.Necessary));
        foreach (string name in named.Split(", "))
        {
            question.Message.ShouldContain(name);
        }

        PreparedFolder.FailureOf(csv).Field.ShouldBe(setting);
        string[] columns = header.Split(',');
        using var answered = PreparedFolder.From(csv, setting == "dataset.label"
            ? new DatasetRecipe { Label = named.Split(", ")[^1] }
            : new DatasetRecipe { Text = new OneOrMany<string>(columns[0], columns[1]) });
        answered.Manifest.Rows.Rejected.ShouldBe(0);
    }

    [Fact]
    public void Doubled_header_names_are_a_question()
    {
        byte[] csv = Encoding.UTF8.GetBytes("text,label,text,label\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i},{i % 3},some words about {i},{(i % 2 == 0 ? "good" : "bad")}\n")));

        Failure both = PreparedFolder.FailureOf(csv);
        both.Message.ShouldContain("text and label more than once");
        both.Remedy.ShouldBe("Name the columns in the recipe: dataset.text and dataset.label");
        PreparedFolder.FailureOf(csv, new DatasetRecipe { Label = "label_2" }).Remedy.ShouldBe("Name the column in the recipe: dataset.text");
        PreparedFolder.FailureOf(csv, new DatasetRecipe { Text = new OneOrMany<string>("text_2") }).Remedy.ShouldBe("Name the column in the recipe: dataset.label");
        using var named = PreparedFolder.From(csv, new DatasetRecipe { Text = new OneOrMany<string>("text_2"), Label = "label_2" });
        named.Manifest.Labels.Names.ShouldBe(["bad", "good"]);
    }

    [Fact]
    public void Values_are_looked_at_over_the_whole_file()
    {
        // Sorted by class, and longer than what is read at first: at the beginning no column looks like labels but the shop.
        var csv = new StringBuilder("wares,remark,verdict\n");
        for (int i = 0; i < 30_000; i++)
        {
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"ware{i % 5000},some words about the number {i} and more of them,{(i < 15_000 ? "good" : "bad")}\n");
        }

        RecognisedColumns columns = Check(Encoding.UTF8.GetBytes(csv.ToString())).Columns;

        (columns.Label, columns.Text[0]).ShouldBe(("verdict", "remark"));
    }

    [Fact]
    public void A_column_named_label_is_the_label_however_many_classes_it_has()
    {
        byte[] csv = Encoding.UTF8.GetBytes("text,label,kind\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"some words {i},class {i % 130},{(i % 2 == 0 ? "a" : "b")}\n")));

        Check(csv).Columns.Label.ShouldBe("label");
    }

    [Theory]
    [InlineData("这个产品到货的时候就坏了")]
    [InlineData("商品が壊れて届いたのに返事がない")]
    [InlineData("สินค้ามาถึงแตกหักและผู้ขายไม่ตอบ")]
    public void Texts_in_scripts_without_blanks_are_texts(string text)
    {
        byte[] csv = Encoding.UTF8.GetBytes("甲,乙\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{text}{i},{(i % 2 == 0 ? "好" : "坏")}\n")));

        RecognisedColumns columns = Check(csv).Columns;

        (columns.Text[0], columns.Label).ShouldBe(("甲", "乙"));
    }

    [Fact]
    public void Errors_name_the_columns_taken_and_why()
    {
        byte[] csv = Encoding.UTF8.GetBytes("text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $",{(i % 2 == 0 ? "a" : "b")}\n")));

        Failure failure = PreparedFolder.FailureOf(csv);

        failure.Remedy.ShouldNotBeNull().ShouldContain("text is read from text (its name)");
    }

    private static byte[] Table(string header, int rows)
    {
        string[] columns = header.Split(',');
        var csv = new StringBuilder(header + "\n");
        string[] classes = ["positive", "negative", "neutral"];
        for (int i = 0; i < rows; i++)
        {
            csv.AppendJoin(',', columns.Select((column, c) => column switch
            {
                "review_id" or "tweet_id" or "id" => $"{i * 7919}",
                "title" or "product_title" => $"Game {i % 5}",
                "year" => $"{2015 + (i % 3)}",
                "date" or "tweet_created" => $"2016-{(i % 12) + 1:00}-11",
                "helpful_votes" or "retweet_count" or "likes" => $"{i % 4}",
                "airline_sentiment_confidence" => $"0.{i % 10}",
                "username" or "user" or "name" => $"user{i % 9}",
                "shop" or "airline" => $"shop {i % 3}",
                "text" or "user_review" or "review_body" or "commentText" or "remark" or "opinion" or "message" or "sentence" or "sent_A" or "sent_B" or "premise" or "hypothesis" or "question1" or "question2"
                    => $"some words about the number {i} in {column}",
                "isSpam" or "user_suggestion" => $"{i % 2}",
                _ => classes[(i + c + (i * c / 7)) % (2 + (c % 2))],
            })).Append('\n');
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static DatasetProfile Check(byte[] csv) => DatasetCheck.Check(
        "t.csv", () => new MemoryStream(csv), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;
}
