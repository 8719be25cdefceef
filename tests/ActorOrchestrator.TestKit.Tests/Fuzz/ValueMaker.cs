using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>Makes values for fields: mostly of the right type, and not always.</summary>
internal sealed class ValueMaker(Dice dice)
{
    private const int DepthMax = 5;

    private static readonly int[] Depths = [3, 30, 59, 60, 61, 62, 63, 64, 65, 90, 95, 96, 97, 98, 99, 100, 101, 300];

    private static readonly string[] Names = ["a", "f:a", "f:spec", "k:{\"name\":\"a\"}", "v:[[1]]", "."];
    private const double WrongType = 0.08;

    private static readonly IReadOnlyList<long> Numbers =
    [
        -1, 0, 1, 2, 3, 5, 10, 80, 100, 256, 511, 512, 1000, 30000, 65535, 65536, 100_000, 100_001, int.MaxValue,
        int.MinValue, 1L << 32, long.MaxValue, long.MinValue,
    ];

    public JsonNode? Of(TypeSchema type, IReadOnlyList<string> known, int depth = 0)
    {
        if (dice.Chance(WrongType))
        {
            return Any();
        }

        switch (type.Kind)
        {
            case NodeKind.List:
                return new JsonArray(
                    [.. Enumerable.Range(0, dice.Below(4)).Select(_ => Of(type.Element!, [], depth + 1))]);
            case NodeKind.Map:
                return Map(type.Element!, depth);
            case NodeKind.Object:
                return depth > DepthMax ? new JsonObject() : Object(type, depth);
            case NodeKind.Scalar when known.Count > 0 && dice.Chance(0.8):
                return dice.Pick(known);
            case NodeKind.Scalar:
                return Scalar(type.Scalar);
            default:
                return dice.Chance(0.5) ? Deep() : Any();
        }
    }

    /// <summary>Values in each other: as many as may be in an object, or some more.</summary>
    public JsonNode? Deep()
    {
        var value = Any();
        for (var left = dice.Pick(Depths); left > 0; left--)
        {
            value = dice.Chance(0.3) ? new JsonArray(value) : new JsonObject { [dice.Pick(Names)] = value };
        }

        return value;
    }

    /// <summary>A text for a query.</summary>
    public string Query() => Uri.EscapeDataString(Text() is { Length: < 1_000 } text ? text : "a");

    /// <summary>A value of no type in particular.</summary>
    public JsonNode? Any() => dice.Below(9) switch
    {
        0 => null,
        1 => dice.Chance(0.5),
        2 => dice.Pick(Numbers),
        3 => dice.Fraction(),
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => new JsonArray(Any()),
        7 => new JsonObject { [Text()] = Any() },
        _ => Text(),
    };

    public string Text() =>
        dice.Chance(0.01) ? new string('a', dice.Pick(Oddities.Lengths)) : dice.Pick(Oddities.Texts);

    private JsonObject Map(TypeSchema element, int depth)
    {
        var map = new JsonObject();
        for (var left = dice.Below(4); left > 0; left--)
        {
            map[Text()] = Of(element, [], depth + 1);
        }

        return map;
    }

    private JsonObject Object(TypeSchema type, int depth)
    {
        var made = new JsonObject();
        foreach (var field in type.Fields)
        {
            if (dice.Chance(field.IsRequired ? 0.9 : Math.Min(0.5, 3.0 / type.Fields.Count)))
            {
                made[field.WireName] = Of(field.Type, field.Values, depth + 1);
            }
        }

        return made;
    }

    private JsonNode? Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Boolean => dice.Chance(0.5),
        ScalarKind.Int32 or ScalarKind.Int64 => dice.Pick(Numbers),
        ScalarKind.IntOrString when dice.Chance(0.5) => dice.Pick(Numbers),
        ScalarKind.Quantity when dice.Chance(0.3) => dice.Pick(Numbers),
        ScalarKind.Quantity => dice.Pick(["1", "100m", "1Gi", "0.5", "1e3", "-1", "1n", "9E", "x"]),
        ScalarKind.Time => dice.Pick(["2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "now"]),
        ScalarKind.MicroTime => dice.Pick(["2026-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z", "2026-01-01"]),
        ScalarKind.Bytes => dice.Pick(["", "AAECAw==", "AAECAw=", "*", "YQ=="]),
        _ => Text(),
    };
}
