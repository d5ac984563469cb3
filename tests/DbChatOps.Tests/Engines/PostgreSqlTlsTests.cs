using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DbChatOps.Targets;
using DbChatOps.Tests.Commands;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// A server behind TLS, with a certificate of a root that only the tests know. It holds for 127.0.0.2: everything in 127.0.0.0/8 is this machine, and only
/// 127.0.0.1 is spoken to without a verified certificate.
/// </summary>
public sealed class PostgreSqlTlsTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>
{
    private const string Addresses = "listen_addresses = '127.0.0.1,127.0.0.2,127.0.0.3'\n";

    [Fact]
    public async Task A_server_is_spoken_to_only_if_its_certificate_is_of_the_given_root_and_holds_for_its_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere 127.0.0.1 is the only address of its kind.");
        var root = await TurnOnAsync(Pair.Writer);
        await File.AppendAllTextAsync(Path.Combine(Pair.Standby.Data, "postgresql.conf"), Addresses, Ct);
        await Pair.Standby.StopAsync();
        await Pair.Standby.RestartAsync();

        (await Stage.Engine.IdentifyAsync(At("127.0.0.2", root), Ct)).SystemIdentifier.ShouldNotBeEmpty();
        (await TroubleAsync(At("127.0.0.3", root))).ShouldBe(
            $"127.0.0.3:{Pair.WriterPort} cannot be reached: its certificate does not hold for this name (TLS); look at CaFile, and at the name under Nodes");
        (await TroubleAsync(At("127.0.0.2", caFile: null))).ShouldContain("its certificate does not hold for this name (TLS); look at CaFile");
        (await TroubleAsync(At("127.0.0.2", root, Pair.StandbyPort))).ShouldContain("offers no TLS");
        await IsNotTrustedByTheUsersOwnFilesAsync(root);
    }

    /// <summary>Npgsql reads ~/.postgresql/root.crt by default; the configuration says to trust the machine's roots.</summary>
    private async Task IsNotTrustedByTheUsersOwnFilesAsync(string root)
    {
        var home = Directory.CreateTempSubdirectory("dbchatops-home-").FullName;
        using var folder = new SettingsFolder();
        try
        {
            File.Copy(root, Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".postgresql")).FullName, "root.crt"));
            await folder.ConfigureAsync(At("127.0.0.2", caFile: null));

            var run = await HostProgram.RunShellAsync(home, $"check -c '{folder.File}'", Ct, $"HOME='{home}'");

            run.Output.ShouldContain("its certificate does not hold for this name (TLS); look at CaFile", customMessage: run.Errors);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>What <c>check</c> says of such a server.</summary>
    private async Task<string> TroubleAsync(Server server) =>
        (await Should.ThrowAsync<TargetUnavailableException>(() => Stage.Engine.InspectAsync(server, [PostgreSqlStage.Orders], Ct))).Message;

    private Server At(string host, string? caFile, int? port = null) =>
        Server with { Nodes = [new ServerNode { Host = host, Port = port ?? Pair.WriterPort, CaFile = caFile }] };

    /// <summary>Gives the server a certificate and answers where its root lies. The bot gets in by TLS or not at all.</summary>
    private static async Task<string> TurnOnAsync(PostgreSqlNode node)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=root of the tests", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var root = rootRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.2", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse("127.0.0.2"));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(root, from, to, [1]);

        var rootFile = Path.Combine(node.Data, "root.pem");
        await File.WriteAllTextAsync(rootFile, root.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(Path.Combine(node.Data, "server.crt"), certificate.ExportCertificatePem(), Ct);
        var keyFile = Path.Combine(node.Data, "server.key");
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Ct);
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await PostgreSqlBinaries.GiveToServerAsync(node.Data);
        await File.AppendAllTextAsync(Path.Combine(node.Data, "postgresql.conf"), "ssl = on\n" + Addresses, Ct);
        var rules = Path.Combine(node.Data, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "hostnossl all dbchatops_bot all reject\n" + await File.ReadAllTextAsync(rules, Ct), Ct);
        await node.StopAsync();
        await node.RestartAsync();
        return rootFile;
    }
}
