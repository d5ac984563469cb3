using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

/// <summary>One method of the Web API.</summary>
internal interface IWebApiMethod
{
    /// <summary>As in the address, for example <c>chat.postMessage</c>.</summary>
    string Name { get; }

    /// <summary>The scope that the bot's token needs; null when none.</summary>
    string? Scope { get; }

    /// <summary>False for methods that read form fields and the query only: a JSON body is as good as no arguments.</summary>
    bool AcceptsJson { get; }

    /// <summary>True for the methods that take the app-level token (<c>xapp-…</c>) and no other.</summary>
    bool WantsAppToken => false;

    /// <summary>Runs inside the world's gate. The answer gets its <c>ok</c> from the caller.</summary>
    /// <exception cref="SlackErrorException">The answer is a "no".</exception>
    JsonObject Answer(ApiCall call);
}
