using System.Text;

namespace FineTuneFlow.Core.Samples;

/// <summary>A small grammar of English app reviews. Level 0 is the worst and 4 the best; neighbouring levels share words, as
/// people's do.</summary>
internal static class EnglishReview
{
    private static readonly string[] Features =
    [
        "the login", "sync", "the widget", "the search", "the calendar view", "dark mode", "the backup", "the new menu", "the map", "offline mode",
        "the camera", "the chat", "the checkout", "the timer", "the player", "the keyboard", "the export", "the reminder", "the home screen",
        "the subscription page", "the photo editor", "the step counter", "the reading mode", "the alarm", "the scanner", "the translator",
        "the news feed", "the budget chart", "the password manager", "the file browser", "the voice input", "the tablet layout", "the filters",
        "the shopping list", "the workout plan", "the recipe book", "the weather radar", "the bus timetable", "the parking ticket", "the price alert",
    ];

    private static readonly string[] Devices =
    [
        "my phone", "my old tablet", "an Android 14 phone", "my Pixel", "a Galaxy", "two different phones", "my work phone", "a Chromebook", "my daughter's phone", "every device I own",
    ];

    private static readonly string[] Times =
    [
        "since the last update", "for two weeks now", "for about a year", "every single morning", "after the second day", "since version {n}.{m}",
        "on the train", "at work", "whenever I travel", "most of the time", "for {n} months", "since I switched phones", "over mobile data", "at night",
    ];

    private static readonly string[][] Opinions =
    [
        ["is completely broken", "crashes all the time", "does not work at all", "deleted all my data", "is a scam", "is useless", "never loads", "charges me twice", "is full of ads", "freezes on start", "steals your time", "keeps logging me out", "ruined everything"],
        ["is very slow", "got worse", "crashes too often", "is confusing", "shows far too many ads", "drains the battery", "often fails", "is annoying", "costs too much for what it does", "loses my settings", "rarely works", "is a step back"],
        ["is okay", "works sometimes", "could be better", "is average", "does the job, barely", "needs work", "is nothing special", "has good and bad days", "is hit and miss", "is fine but slow", "feels unfinished", "is half done"],
        ["works well", "is good", "is quite handy", "does what it should", "got better", "is mostly reliable", "is nicely made", "is helpful", "is almost perfect", "is easy to use", "looks nice", "is solid"],
        ["is brilliant", "works perfectly", "is the best I have tried", "is amazing", "saves me hours", "is fast and beautiful", "never let me down", "is a joy to use", "is flawless", "is simply great", "made my life easier", "is worth every cent"],
    ];

    private static readonly string[][] Wholes =
    [
        ["Uninstalled", "Want my money back", "Worst app ever", "Do not install this", "Total waste of time", "Zero stars if I could", "Avoid", "Absolute garbage", "Support never answered"],
        ["Disappointed", "Not recommended", "It used to be better", "Too many bugs", "Expected more", "Please fix this", "Looking for an alternative", "Not worth the price"],
        ["It is alright", "Three stars for now", "Not bad, not good", "Will change my rating when it is fixed", "Has potential", "Okay for free", "Could be great", "Undecided"],
        ["Good app", "Pretty good", "Would recommend", "Nice work", "Four stars, one thing is missing", "Happy with it so far", "Useful", "Only a small bug"],
        ["Love it", "Five stars", "Best app ever", "Cannot live without it", "Thank you developers", "Highly recommended", "Perfect", "Excellent", "Great app"],
    ];

    private static readonly string[] Neutral =
    [
        "I use it on {d} {t}.", "Installed it on {d}.", "My sister told me about it.", "I mostly use {f}.", "Please add a way to share {f} with others.",
        "I have been using it {t}.", "I tried it on {d} first.", "There is also {f}, which I have not tried.", "I only need {f} and {f}.", "Reading the other reviews, I am not the only one.",
        "The developer answered my mail after {n} days.", "It asks for a rating {t}.", "Compared it with {n} other apps.", "Paid for the full version.", "Just my opinion.",
    ];

    private static readonly string[] Joins = [" and ", ", ", " but ", ", also ", " while "];

    /// <summary>Writes the review's sentences.</summary>
    public static void Write(StringBuilder text, int level, ref SampleRandom random)
    {
        int sentences = 1 + random.Below(3) + (random.Chance(0.15) ? 2 + random.Below(4) : 0);
        for (int i = 0; i < sentences; i++)
        {
            if (text.Length > 0)
            {
                text.Append(random.Chance(0.04) ? "\n\n" : " ");
            }

            if (i > 0 && random.Chance(0.42))
            {
                Fill(text, random.Pick<string>(Neutral), ref random);
            }
            else
            {
                Opinion(text, Said(level, ref random), ref random);
            }
        }
    }

    /// <summary>A title: a verdict of two or three words with what it is about.</summary>
    public static string Title(int level, ref SampleRandom random)
    {
        string whole = random.Pick<string>(Wholes[Said(level, ref random)]);
        return random.Chance(0.4) ? $"{whole}: {random.Pick<string>(Features)}" : whole;
    }

    /// <summary>People do not say exactly what they mean: a sentence may be of a neighbouring level, or of any.</summary>
    private static int Said(int level, ref SampleRandom random)
    {
        if (random.Chance(0.58))
        {
            return level;
        }

        return random.Chance(0.75) ? Math.Clamp(level + (random.Chance(0.5) ? 1 : -1), 0, 4) : random.Below(5);
    }

    private static void Opinion(StringBuilder text, int level, ref SampleRandom random)
    {
        int start = text.Length;
        if (random.Chance(0.25))
        {
            text.Append(random.Pick<string>(Wholes[level]));
        }
        else
        {
            text.Append(random.Pick<string>(Features)).Append(' ').Append(random.Pick<string>(Opinions[level]));
            if (random.Chance(0.35))
            {
                text.Append(random.Pick<string>(Joins)).Append(random.Pick<string>(Features)).Append(' ').Append(random.Pick<string>(Opinions[Said(level, ref random)]));
            }
        }

        if (random.Chance(0.5))
        {
            text.Append(' ');
            Fill(text, random.Chance(0.5) ? "on {d}" : "{t}", ref random);
        }

        // Some people write without capitals, some with nothing else.
        if (random.Chance(0.85))
        {
            text[start] = char.ToUpperInvariant(text[start]);
        }
        else if (random.Chance(0.15))
        {
            for (int i = start; i < text.Length; i++)
            {
                text[i] = char.ToUpperInvariant(text[i]);
            }
        }

        text.Append(random.Chance(0.8) ? "." : random.Chance(0.5) ? "!" : level < 2 ? "!!!" : "");
    }

    private static void Fill(StringBuilder text, string template, ref SampleRandom random)
    {
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
            {
                text.Append(template[i]);
                continue;
            }

            switch (template[i + 1])
            {
                case 'd':
                    text.Append(random.Pick<string>(Devices));
                    break;
                case 'f':
                    text.Append(random.Pick<string>(Features));
                    break;
                case 't':
                    Fill(text, random.Pick<string>(Times), ref random);
                    break;
                default:
                    text.Append(1 + random.Below(12));
                    break;
            }

            i += 2;
        }
    }
}
