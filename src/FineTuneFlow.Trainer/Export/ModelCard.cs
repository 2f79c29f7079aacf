using System.Globalization;
using System.Text;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Serving;

namespace FineTuneFlow.Trainer.Export;

/// <summary>The README.md of a trained encoder: what it is, what it was trained on, how good it is, what it cannot do, how it is used.</summary>
internal static class ModelCard
{
    public static string Write(EncoderConfig config, EncoderFacts facts)
    {
        var card = new StringBuilder();
        card.Append("---\n");
        if (facts.Licence is not null)
        {
            card.Append(CultureInfo.InvariantCulture, $"license: {facts.Licence}\n");
        }

        card.Append("pipeline_tag: text-classification\nlibrary_name: transformers\n---\n\n# A text classifier\n\n");
        card.Append(CultureInfo.InvariantCulture, $"Fine-tuned by FineTuneFlow from {facts.BaseModel} on {facts.TrainedAt:yyyy-MM-dd}, seed {facts.Seed}.\n");
        card.Append(facts.Licence is null
            ? "The licence of the base model is not known to the trainer: look at its page before you pass this model on.\n"
            : string.Create(CultureInfo.InvariantCulture, $"The base model's licence is {facts.Licence}; it holds for this model too.\n"));
        card.Append("\n## Data and scores\n\n");
        card.Append(CultureInfo.InvariantCulture, $"- {facts.TrainRows} rows trained on, {facts.ValidationRows} rows of validation; the labels: {string.Join(", ", facts.Labels)}\n");
        if (facts.ValidationAccuracy is { } exact && facts.QuantisedAccuracy is { } small)
        {
            card.Append(CultureInfo.InvariantCulture, $"- accuracy on the validation rows, by which the best epoch was chosen: {exact:0.0000} in single precision, {small:0.0000} with weights of eight bits; `{facts.Serve}` answers\n");
        }

        card.Append("- the score on rows that had no part in training stands in the run's report\n");
        card.Append(CultureInfo.InvariantCulture, $"- largest difference between the exported model's logits and the trainer's: {facts.ExportDifference:0.0e+0}\n");
        card.Append("\n## Limits\n\n");
        card.Append(CultureInfo.InvariantCulture, $"- texts longer than {facts.MaxLength} word pieces are cut off\n");
        card.Append("- it knows the languages of its base model and the subjects of its training rows; elsewhere its probabilities mean little\n");
        card.Append("- it always answers with one of its labels, also where none fits\n");
        card.Append("\n## Use\n\nIn .NET: `EncoderClassifier.Load(folder).Predict(text)` of FineTuneFlow.Encoders. In Python:\n\n```python\n").Append(Python(config, facts)).Append("```\n");
        return card.ToString();
    }

    /// <summary>With the mean of all pieces there is no class at Hugging Face for the whole, so its few lines stand here.</summary>
    private static string Python(EncoderConfig config, EncoderFacts facts) => config.Pooling == Pooling.Cls || config.Architecture == EncoderArchitecture.DistilBert
        ? """
          from transformers import pipeline
          print(pipeline("text-classification", model=".")("a text"))

          """
        : string.Create(CultureInfo.InvariantCulture, $"""
          import torch
          from safetensors.torch import load_file
          from transformers import AutoModel, AutoTokenizer
          tokenizer, encoder, weights = AutoTokenizer.from_pretrained("."), AutoModel.from_pretrained(".", add_pooling_layer=False).eval(), load_file("model.safetensors")
          batch = tokenizer(["a text"], padding=True, truncation=True, max_length={facts.MaxLength}, return_tensors="pt")
          with torch.no_grad():
              mask = batch["attention_mask"].unsqueeze(-1)
              mean = (encoder(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
              logits = mean @ weights["classifier.weight"].T + weights["classifier.bias"]
          print(encoder.config.id2label[int(logits.argmax())], logits.softmax(-1).tolist())

          """);
}
