using System.Text;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>That a search which finds nothing means something.</summary>
public sealed class SecretSearchTests
{
    private const string Value = "p\"ä<1>\\swordfish";

    private static readonly string Auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Value));

    public static TheoryData<byte[]> Places =>
    [
        Encoding.UTF8.GetBytes($"x{Value}y"),
        Encoding.Unicode.GetBytes($"x{Value}y"),
        Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize($"x{Value}y")),
        Encoding.UTF8.GetBytes("""{"a":"p\"ä<1>\\swordfish"}"""),
        Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))),
        Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"x{Value}"))),
        Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"xy{Value}z"))),
        Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"auth\":\"{Auth}\"}}"))),
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_value_is_found_wherever_it_is(byte[] content) =>
        Assert.Single(new SecretSearch(Value, Auth).ValuesIn(content).Take(1));

    [Fact]
    public void What_is_not_there_is_not_found() =>
        Assert.Empty(new SecretSearch(Value).ValuesIn(Encoding.UTF8.GetBytes("p\"ä<1> swordfish, c3dvcmRmaXNo")));
}
