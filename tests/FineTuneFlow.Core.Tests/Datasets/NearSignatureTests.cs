using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Shingles, their similarity, and the bands by which similar texts meet.</summary>
public sealed class NearSignatureTests
{
    [Theory]
    [InlineData("1 2 3", "2 3 4", 2.0 / 4)]
    [InlineData("1 2", "1 2", 1)]
    [InlineData("1 2", "3 4", 0)]
    [InlineData("1 5", "2 3 5", 1.0 / 4)]
    [InlineData("5", "1 2 3 4 5", 1.0 / 5)]
    [InlineData("", "", 0)]
    [InlineData("", "1", 0)]
    public void Similarity_is_the_share_of_what_both_have_in_what_either_has(string one, string other, double similarity)
    {
        NearSignature.Similarity(Set(one), Set(other)).ShouldBe(similarity, 1e-12);
        NearSignature.Similarity(Set(other), Set(one)).ShouldBe(similarity, 1e-12);
    }

    [Theory]
    [InlineData("abcd", 2, 3)]
    [InlineData("aaaa", 2, 1)]
    [InlineData("abab", 2, 2)]
    [InlineData("abc", 3, 1)]
    [InlineData("ab", 3, 1)] // a text that is shorter is one shingle
    [InlineData("", 3, 1)]
    public void A_text_has_as_many_shingles_as_different_pieces(string text, int shingle, int count)
    {
        ulong[] shingles = NearSignature.Shingles(text, shingle);

        shingles.Length.ShouldBe(count);
        shingles.ShouldBe(shingles.Distinct().Order());
    }

    [Theory]
    [InlineData(0.95, 16)]
    [InlineData(0.84, 16)]
    [InlineData(0.83, 25)]
    [InlineData(0.7, 25)]
    [InlineData(0.69, 32)]
    public void Lower_thresholds_have_more_bands(double threshold, int bands)
    {
        NearSignature.BandsFor(threshold).ShouldBe(bands);
        new NearSignature(threshold, 5).Bands.ShouldBe(bands);
    }

    [Fact]
    public void Equal_texts_share_all_bands_and_different_ones_none_however_long_they_are()
    {
        foreach (int length in (int[])[0, 1, 5, 400, 1_024, 1_025, 5_000])
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * i % 23))));
            ulong[] bands = Bands(text, new NearSignature(0.9, 5));

            // One that has computed others before gives the same as a new one.
            var used = new NearSignature(0.9, 5);
            Bands(new string('x', 3_000), used);
            Bands(text, used).ShouldBe(bands);
            bands.Distinct().Count().ShouldBe(bands.Length, "each band has keys of its own");
            bands.Intersect(Bands(new string('ü', length + 6), used)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Of_pairs_at_the_threshold_nearly_all_meet_in_a_band_and_of_unlike_ones_hardly_any()
    {
        var signature = new NearSignature(0.84, 4);
        int alike = 0;
        int unlike = 0;
        for (int pair = 0; pair < 200; pair++)
        {
            var random = new Random(pair);
            string text = new([.. Enumerable.Range(0, 400).Select(_ => (char)('a' + random.Next(26)))]);
            // Sixty letters more at the end leave 397 shingles of 457 in common, 87 %; every tenth letter changed leaves 237 of 557, 43 %.
            alike += Bands(text, signature).Intersect(Bands(text + new string([.. text.Take(60).Reverse()]), signature)).Any() ? 1 : 0;
            unlike += Bands(text, signature).Intersect(Bands(new string([.. text.Select((c, i) => i % 10 == 0 ? '-' : c)]), signature)).Any() ? 1 : 0;
        }

        alike.ShouldBeGreaterThan(190);
        unlike.ShouldBeLessThan(100);
    }

    private static ulong[] Set(string numbers) => [.. numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ulong.Parse)];

    private static ulong[] Bands(string text, NearSignature signature)
    {
        ulong[] bands = new ulong[signature.Bands];
        signature.Compute(Encoding.UTF8.GetBytes(text), bands);
        return bands;
    }
}
