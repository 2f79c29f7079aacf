namespace FineTuneFlow.Trainer.Training;

/// <summary>Into how many parts batches are cut so that they fit into the memory: doubled at each shortage, and kept for the batches that follow.</summary>
internal sealed class BatchParts(int parts = 1)
{
    public int Count { get; private set; } = parts;

    /// <summary>Does a batch's work, again in twice as many parts each time that the memory is short.</summary>
    /// <param name="rows">Of the batch.</param>
    /// <param name="work">Begins anew at every call; is given the rows of a part.</param>
    /// <exception cref="MemoryShortageException">A single row does not fit.</exception>
    public T Run<T>(int rows, Func<int, T> work)
    {
        while (true)
        {
            try
            {
                return work((rows + Count - 1) / Count);
            }
            catch (Exception shortage) when (MemoryShortage.Is(shortage))
            {
                if (Count >= rows)
                {
                    throw new MemoryShortageException("Not even one text of this length fits into the memory.", shortage);
                }

                Count *= 2;
            }
        }
    }
}
