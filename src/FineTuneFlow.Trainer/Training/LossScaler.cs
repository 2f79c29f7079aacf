namespace FineTuneFlow.Trainer.Training;

/// <summary>Scales the loss in half precision, so that small gradients do not vanish (Micikevicius et al. 2018, arXiv:1710.03740): halved when
/// gradients overflow, doubled after many steps in which none did. In other precisions the scale is 1 forever.</summary>
internal sealed class LossScaler(bool active)
{
    private const int StepsBeforeGrowth = 2000;
    private const double Smallest = 1;

    public double Scale { get; private set; } = active ? 65536 : 1;

    /// <summary>Steps since gradients overflowed last.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>Notes how a step went.</summary>
    /// <param name="finite">Whether all gradients were numbers.</param>
    /// <returns>Whether the step may be taken.</returns>
    public bool Accept(bool finite)
    {
        if (!active || finite)
        {
            GoodSteps++;
            if (active && GoodSteps % StepsBeforeGrowth == 0)
            {
                Scale *= 2;
            }

            return true;
        }

        GoodSteps = 0;
        Scale /= 2;
        return false;
    }

    /// <summary>The scale cannot be made smaller: it is not the scale that makes gradients overflow.</summary>
    public bool IsExhausted => active && Scale < Smallest;

    public void Restore(double scale, int goodSteps)
    {
        Scale = scale;
        GoodSteps = goodSteps;
    }
}
