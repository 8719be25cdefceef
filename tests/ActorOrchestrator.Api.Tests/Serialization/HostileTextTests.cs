using System.Text;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Serialization;

/// <summary>Whatever bytes arrive, decoding ends with an object or a reason, never with another exception.</summary>
public sealed class HostileTextTests
{
    private const int Rounds = 1_500;

    private const string Yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: &l {app: "web", 'b': !!str 1}}
        spec:
          replicas: 0x3
          selector: {matchLabels: *l}
          template:
            metadata: {labels: {<<: *l, c: yes}}
            spec:
              containers:
              - name: c
                image: nginx:1.25
                args: [-c, "a\tb\u00e9", >-
                  folded
                  text
                  ]
                resources: {limits: {cpu: 500m, memory: 1.5Gi}}
                livenessProbe: {httpGet: {port: http, path: /}}
        ---
        # comment
        ...
        """;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "null", "true", "-", "1e999", "0x", "\n", "\t", " ",
        "&a", "*a", "!!int", "%TAG", "---", "...", "|", ">", "?", "#", "@", "`", "\0", "\ufeff", "\u2028", "é",
        "999999999999",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_json_is_decoded_or_refused(int seed)
    {
        var json = Encoding.UTF8.GetString(KubeYaml.ToJson(Yaml)[0]);
        var random = new Random(seed);
        var kind = KindRegistry.Of<Deployment>();
        var (decoded, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Mutate(json, random));
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var outcome = KubeJson.Decode(bytes, kind, (FieldValidation)random.Next(3));
            _ = outcome is DecodeOutcome.Decoded ? decoded++ : refused++;
        }

        Assert.True(decoded > 0 && refused > 0, $"seed {seed}: {decoded} decoded, {refused} refused");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_yaml_is_converted_or_refused(int seed)
    {
        var random = new Random(seed);
        var (converted, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var yaml = Mutate(Yaml, random);
            try
            {
                foreach (var document in KubeYaml.ToJson(yaml))
                {
                    _ = KubeYaml.FromJson(document);
                }

                converted++;
            }
            catch (KubeJsonException)
            {
                refused++;
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, round {round}: {other.GetType()}: {other.Message}\n{yaml}");
            }
        }

        Assert.True(converted > 0 && refused > 0, $"seed {seed}: {converted} converted, {refused} refused");
    }

    private static string Mutate(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(result.Length);
            var length = random.Next(Math.Min(8, result.Length - at));
            switch (random.Next(4))
            {
                case 0:
                    result.Remove(at, length);
                    break;
                case 1:
                    result.Insert(random.Next(result.Length), result.ToString(at, length));
                    break;
                case 2:
                    result.Length = Math.Max(at, 1);
                    break;
                default:
                    result.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return result.ToString();
    }
}
